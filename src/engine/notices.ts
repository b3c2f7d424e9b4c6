/** What hooks are told of beside reads, writes and changes of the schema (directus8-system §22.2). */

/** Content of files that was stored, replaced or removed. */
export type FileNotice = 'file.save' | 'file.update' | 'file.delete';

export type Notice =
  | FileNotice
  | 'application.boot'
  | 'application.error'
  | 'auth.request:credentials'
  | 'auth.success'
  | 'auth.fail'
  | 'response';
