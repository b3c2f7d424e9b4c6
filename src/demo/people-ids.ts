/** The users of the sample, by their keys in directus_users. */
export interface People {
  readonly admin: number;
  readonly editor: number;
  readonly colleague: number;
}
