/** What is asked: what the suite uses of the `RequestInit` of fetch. */
export interface HttpRequest {
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array<ArrayBuffer> | Blob | null;
  /** `follow` unless told otherwise. */
  redirect?: 'follow' | 'manual' | 'error';
  signal?: AbortSignal;
}

/** What the suite uses of the `Headers` of fetch. Fields that came twice are joined by `, `. */
export interface HttpFields {
  get(name: string): string | null;
}

/** What the suite uses of the `Response` of fetch. */
export interface HttpAnswer {
  status: number;
  /** Whether the status is 2xx. */
  ok: boolean;
  headers: HttpFields;
  /** Is to be read to its end, or cancelled. */
  body: (AsyncIterable<Uint8Array> & { cancel(): Promise<void> }) | null;
}

/** The part of fetch that the suite uses. A caller takes it as a capability, so that a test can put in its own. */
export type Fetch = (address: string | URL, request?: HttpRequest) => Promise<HttpAnswer>;

/** Node's own fetch, which Node loads with the first request. */
export const httpFetch: Fetch = (address, request) => fetch(address, request);
