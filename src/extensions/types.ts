/** What authors of extensions write, and what they are given. */
import type { HookAbout as AnyAbout, HookCaller, Payload } from '../engine/hooks.ts';
import type { Log } from '../lib/log.ts';

/** What a hook is told beside the value. */
export type HookAbout = Omit<AnyAbout, 'services'> & { readonly services: Services };

type Given<T> = T | undefined | Promise<T | undefined>;

/** Gives back the payload to write; nothing keeps the one given, with what was changed in it. */
export type WriteFilter = (payload: Payload, about: HookAbout) => Given<Payload>;
/** The parameters of the query as an object: `{ fields: 'id,name', filter: { status: { eq: 'published' } }, limit: '10' }`. */
export type QueryFilter = (query: Payload, about: HookAbout) => Given<Payload>;
export type RowsFilter = (rows: Payload[], about: HookAbout) => Given<readonly Payload[]>;
/** `item` is undefined where the request did not need to know it. */
export type ItemAction = (item: Payload | undefined, about: HookAbout) => unknown;
export type CollectionAction = (collection: string, item: Payload | undefined, about: HookAbout) => unknown;
/** What was sent of the field; empty where it was deleted. */
export type FieldAction = (collection: string, field: string, attributes: Payload, about: HookAbout) => unknown;
export type OwnFieldAction = (field: string, attributes: Payload, about: HookAbout) => unknown;

/** The user's item without anything secret; undefined where he is gone already. */
export type UserAction = (user: Payload | undefined, about: HookAbout) => unknown;

/** Why a sign-in was refused; neither the account nor what was sent. */
export interface ToldRefusal {
  readonly kind: string;
  /** As Directus 8 numbers it. */
  readonly code: number | null;
  readonly status: number;
  readonly message: string;
}

/** What went wrong in answering a request; the log has more under the same id. */
export interface ToldFault {
  readonly kind: string;
  readonly status: number;
  /** The request's id, which its answer has as `X-Request-Id`. */
  readonly request: string;
  readonly method: string;
  readonly path: string;
}

/** Content of a file, by its name on disk and its bytes. */
export interface ToldContent {
  readonly name: string;
  readonly size: number | null;
}

/** An answer that has left; what lets its bearer in is not in path and query. */
export interface ToldAnswer {
  readonly path: string;
  readonly query: Payload;
  readonly method: string;
  readonly status: number;
  /** Bytes of the body; null where they were not counted. */
  readonly size: number | null;
}

/** Gives back the JSON value to answer with; nothing keeps the one given, with what was changed in it. */
export type AnswerFilter = (body: unknown, about: HookAbout) => unknown;

type Written = 'create' | 'update' | 'delete';

export type Filters = { readonly [event in `item.${Written}:before` | `item.${Written}.${string}:before`]?: WriteFilter } & {
  readonly [event in 'item.read:before' | `item.read.${string}:before`]?: QueryFilter;
} & { readonly [event in 'item.read:after' | `item.read.${string}:after`]?: RowsFilter } & {
  readonly [event in `collection.${Written}:before` | `field.${Written}:before` | `field.${Written}.${string}:before`]?: WriteFilter;
} & { readonly [event in 'response' | `response.${string}`]?: AnswerFilter };

/** Behind the commit in either spelling; those without `:after` come first. */
type Done<name extends string> = name | `${name}:after`;

export type Actions = { readonly [event in Done<`item.${Written}`>]?: CollectionAction } & {
  readonly [event in Done<`item.${Written}.${string}`>]?: ItemAction;
} & { readonly [event in Done<`collection.${Written}`>]?: CollectionAction } & {
  readonly [event in Done<`field.${Written}`>]?: FieldAction;
} & { readonly [event in Done<`field.${Written}.${string}`>]?: OwnFieldAction } & {
  /** The project has opened. */
  readonly 'application.boot'?: (opened: { readonly project: string }, about: HookAbout) => unknown;
  /** An answer of 500 and above. */
  readonly 'application.error'?: (fault: ToldFault, about: HookAbout) => unknown;
  /** A user known by his credentials, whether he is let in or not. */
  readonly 'auth.request:credentials'?: UserAction;
  readonly 'auth.success'?: UserAction;
  readonly 'auth.fail'?: (refusal: ToldRefusal, about: HookAbout) => unknown;
  /** `body` is the text of a JSON answer, where it is no stream and holds no token. */
  readonly response?: (answer: ToldAnswer, body: string | undefined, about: HookAbout) => unknown;
} & { readonly [event in Done<'file.save' | 'file.update'>]?: (content: ToldContent, about: HookAbout) => unknown } & {
  readonly [event in Done<'file.delete'>]?: ItemAction;
};

/** What `hooks/<name>/index.js` exports by default, or a function of the context that gives it. */
export interface HookDefinition {
  /** Those with a higher one run first: 100 is high, 0 is normal, -100 is low. */
  readonly priority?: number;
  readonly filters?: Filters;
  readonly actions?: Actions;
}

export interface ExtensionContext {
  /** The project's key. */
  readonly project: string;
  readonly log: Log;
}

export type HookExport = HookDefinition | ((context: ExtensionContext) => HookDefinition | Promise<HookDefinition>);

export interface ItemQuery {
  readonly fields?: string | readonly string[];
  /** In the form of one JSON value: `{ status: { _eq: 'published' } }`. */
  readonly filter?: Payload;
  readonly sort?: string | readonly string[];
  readonly limit?: number;
  readonly offset?: number;
  readonly page?: number;
  readonly q?: string;
  readonly search?: string;
  readonly status?: string | readonly string[];
  readonly lang?: string | readonly string[];
  readonly deep?: Payload;
}

/** Reads as one caller may. */
export interface ItemReader {
  list(collection: string, query: ItemQuery): Promise<Payload[]>;
  /** Throws `item_not_found` for a row that is not there or may not be read. */
  one(collection: string, key: string | number, query: ItemQuery): Promise<Payload>;
}

/** Writes as one caller may, with hooks, journal and webhooks like any request. Keys come back as texts. */
export interface ItemWriter {
  create(collection: string, items: readonly Payload[]): Promise<readonly string[]>;
  update(collection: string, keys: readonly string[], item: Payload): Promise<void>;
  delete(collection: string, keys: readonly string[]): Promise<void>;
}

/** What one caller may do. */
export interface Access {
  readonly reader: ItemReader;
  readonly writer: ItemWriter;
}

/** The items of one collection. */
export interface Items {
  list(query?: ItemQuery): Promise<Payload[]>;
  one(key: string | number, query?: ItemQuery): Promise<Payload>;
  create(items: readonly Payload[]): Promise<readonly string[]>;
  update(keys: readonly string[], item: Payload): Promise<void>;
  delete(keys: readonly string[]): Promise<void>;
}

export interface Services {
  /** Does what the caller may do, and nothing else. */
  items(collection: string): Items;
  /** The same without any permissions; the reason is logged with the extension's name. */
  asSystem(reason: string): Services;
}

export interface EndpointRequest {
  readonly method: string;
  /** Behind the endpoint's name, `/` at least. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  /** Texts; brackets make objects and lists. */
  readonly query: Payload;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The value of a JSON body, the bytes of any other; undefined without one. */
  readonly body: unknown;
}

export interface EndpointContext extends ExtensionContext {
  readonly caller: HookCaller;
  readonly services: Services;
  /** Makes an answer with a status, headers or a body of its own. */
  respond(answer: EndpointAnswer): unknown;
}

/** An answer that is more than a JSON value. */
export interface EndpointAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes and texts leave as they are; anything else as JSON. */
  readonly body?: unknown;
}

/** Gives the answer's JSON body, nothing for 204, or what `context.respond` made. */
export type EndpointHandler = (request: EndpointRequest, context: EndpointContext) => unknown;

export interface Endpoint {
  /** `GET` where it is left out. */
  readonly method?: string | readonly string[];
  readonly handler: EndpointHandler;
}

/** By path: `/`, `/{id}`, `/{id:\d+}`, `/{year}[/{month}]`. */
export interface EndpointDefinition {
  readonly [path: string]: Endpoint | readonly Endpoint[] | { readonly group: true; readonly endpoints: EndpointDefinition };
}

export type EndpointExport = EndpointDefinition | ((context: ExtensionContext) => EndpointDefinition | Promise<EndpointDefinition>);
