/** Files and fields of a multipart request, each file stored while it arrives. */
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Received } from '../files/receive.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Json } from '../lib/json-body.ts';
import { storeContent, type Uploads } from './uploads.ts';

/** A file that arrived, with the fields that are about it. */
export interface FormFile {
  /** Of the field that it came in. */
  readonly field: string;
  readonly name: string;
  readonly received: Received;
  readonly fields: Record<string, Json>;
}

export interface Form {
  readonly files: readonly FormFile[];
  /** All fields, for a form without files. */
  readonly fields: Record<string, Json>;
  /** The same as they came: of one name there may be several. */
  readonly sent: readonly (readonly [name: string, value: Json])[];
}

const mostFields = 100;
const longestField = 65_536;
/** Nothing but the storage's own limit ends a file. */
const endless = Number.MAX_SAFE_INTEGER;

/** Has the routes of this instance take forms with files. */
export async function takeForms(app: FastifyInstance): Promise<void> {
  await app.register(multipart, { preservePath: true } as object);
}

/** Whether the body is a multipart form. */
export const isForm = (request: FastifyRequest): boolean => request.isMultipart() === true;

const refusals: Readonly<Record<string, string>> = {
  FST_FILES_LIMIT: 'The form holds more files than one request may bring (uploads.files)',
  FST_FIELDS_LIMIT: `The form holds more than ${mostFields} fields`,
  FST_PARTS_LIMIT: 'The form holds more parts than one request may bring (uploads.files)',
  FST_PROTO_VIOLATION: 'The form holds a field of a name that no column has',
  FST_INVALID_JSON_FIELD_ERROR: 'A field of the form is no JSON as its type says',
};

/**
 * Reads the form. A field is about the files that follow it; those behind the last file are about that one. Throws GatewayError
 * `invalid_payload` for what is no form, and what `receive` throws.
 */
export async function readForm(request: FastifyRequest, uploads: Uploads): Promise<Form> {
  const limits = {
    files: uploads.settings.files,
    fields: mostFields,
    parts: uploads.settings.files + mostFields,
    fieldSize: longestField,
    fileSize: endless,
  };
  const files: FormFile[] = [];
  const sent: [string, Json][] = [];
  let fields: Record<string, Json> = {};
  try {
    for await (const part of request.parts({ limits })) {
      if (part.type === 'file') {
        const { filename: name } = part;
        if (name === undefined) throw new GatewayError('validation', { message: 'filename_download: This value should not be blank.' });
        files.push({ field: part.fieldname, name, received: await storeContent(uploads, part.file, name), fields: { ...fields } });
      } else {
        if (part.valueTruncated || part.fieldnameTruncated) {
          throw new GatewayError('invalid_payload', { message: `A field of the form has more than ${longestField} bytes` });
        }
        const value = fieldValue(part.value);
        sent.push([part.fieldname, value]);
        fields = { ...fields, [part.fieldname]: value };
      }
    }
  } catch (error) {
    throw refusalOf(error);
  } finally {
    // The answer goes out while the rest of a refused form still arrives.
    request.raw.unpipe();
    request.raw.resume();
  }
  const last = files.at(-1);
  if (last) Object.assign(last.fields, fields);
  return { files, fields, sent };
}

/** What a form is known by when it is sent again: its fields, and the content of its files. */
export function formText({ sent, files }: Form): string {
  return JSON.stringify([sent, files.map(({ field, name, received }) => [field, name, received.checksum])]);
}

/** The fields of a form that brings no files. Throws `invalid_payload` for one that does, and for what is no form. */
export async function readFields(request: FastifyRequest, longest: number): Promise<[string, Json][]> {
  const sent: [string, Json][] = [];
  try {
    for await (const part of request.parts({ limits: { files: 0, fields: mostFields, fieldSize: longest } })) {
      if (part.type === 'file') throw new GatewayError('invalid_payload', { message: noFiles });
      if (part.valueTruncated || part.fieldnameTruncated) {
        throw new GatewayError('invalid_payload', { message: `A field of the form has more than ${longest} bytes` });
      }
      sent.push([part.fieldname, fieldValue(part.value)]);
    }
  } catch (error) {
    const refusal = refusalOf(error);
    const tooMany = error instanceof Error && 'code' in error && error.code === 'FST_FILES_LIMIT';
    throw tooMany ? new GatewayError('invalid_payload', { message: noFiles }) : refusal;
  } finally {
    request.raw.unpipe();
    request.raw.resume();
  }
  return sent;
}

const noFiles = 'The form holds a file, which nothing is made of here';

/** Texts; JSON parts are what they stand for. */
function fieldValue(value: unknown): Json {
  return typeof value === 'string' || typeof value === 'object' ? (value as Json) : String(value);
}

function refusalOf(error: unknown): unknown {
  if (error instanceof GatewayError || !(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  // What is not the plugin's or the parser's own is a failure of ours.
  if ('syscall' in error) return error;
  return new GatewayError(
    'invalid_payload',
    { message: refusals[code] ?? `Invalid or Empty Payload: this is no whole multipart form` },
    error,
  );
}
