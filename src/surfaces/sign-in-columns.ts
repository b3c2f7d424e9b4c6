/** The columns of the user that a sign-in answers with, besides the keys; no secret among them. */
export const signInColumns = [
  'status',
  'first_name',
  'last_name',
  'email',
  'timezone',
  'locale',
  'locale_options',
  'avatar',
  'company',
  'title',
  'external_id',
  'theme',
] as const;
