/** A request of a proof. */

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the project. */
  readonly url: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** How many pages behind this one are asked for by cursor. */
  readonly follow?: number;
  /** Sent again with the same key, which is to be answered by what was kept. */
  readonly replay?: boolean;
}
