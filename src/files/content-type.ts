/** What content is, told from its first bytes; its name only says which kind of plain text it is. */

export interface ContentType {
  readonly type: string;
  /** As its name on disk ends. */
  readonly extension: string;
}

/** Bytes that are looked at. */
export const sniffedBytes = 65_536;

/** Kinds of text that nothing but a name tells apart. None of them is run by a web server that finds it in a folder. */
const textTypes: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  md: 'text/markdown',
  json: 'application/json',
  geojson: 'application/geo+json',
  xml: 'application/xml',
  gpx: 'application/gpx+xml',
  kml: 'application/vnd.google-earth.kml+xml',
  yaml: 'application/yaml',
  yml: 'application/yaml',
  css: 'text/css',
  js: 'text/javascript',
  mjs: 'text/javascript',
  ics: 'text/calendar',
  vcf: 'text/vcard',
  vtt: 'text/vtt',
  srt: 'application/x-subrip',
  rtf: 'application/rtf',
  svg: 'image/svg+xml',
  html: 'text/html',
};

const unknown: ContentType = { type: 'application/octet-stream', extension: 'bin' };
const markup = /^(?:<\?xml[^>]*>|<!--[\s\S]*?-->|<!doctype\s+svg[^>]*(?:\[[\s\S]*?\]\s*)?>|\s)*<svg[\s>]/i;
const page = /^(?:<!--[\s\S]*?-->|\s)*<(?:!doctype\s+html|html|head|body|script|iframe)[\s>]/i;

/** The text that the bytes are in UTF-8 or with a mark of their order; undefined for what is no text. A character may be cut at the end. */
function textOf(head: Buffer): string | undefined {
  const encoding = head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(head, { stream: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what no text holds
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The ending of a name, in small letters; empty where it has none. */
function extensionOf(name: string): string {
  return /\.([A-Za-z0-9]{1,10})$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

/** The type of content that begins with `head`. Text that is markup of pages or pictures is told as such, whatever its name. */
export async function contentTypeOf(head: Buffer, name: string): Promise<ContentType> {
  const text = textOf(head);
  if (text !== undefined) {
    const start = text.trimStart().slice(0, 4096);
    if (markup.test(start)) return { type: 'image/svg+xml', extension: 'svg' };
    if (page.test(start)) return { type: 'text/html', extension: 'html' };
  }
  const { fileTypeFromBuffer } = await import('file-type');
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  if (found && !(text !== undefined && found.mime === 'application/xml')) return { type: found.mime, extension: found.ext };
  if (text === undefined) return unknown;
  const extension = extensionOf(name);
  const type = Object.hasOwn(textTypes, extension) ? textTypes[extension] : undefined;
  // What calls itself a picture and is none of its markup is text.
  if (type === undefined || type === 'image/svg+xml') return { type: 'text/plain', extension: 'txt' };
  return { type, extension };
}
