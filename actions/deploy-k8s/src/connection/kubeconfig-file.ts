import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { BadInput } from '@slipway/shared/action/input';
import { realPathIn } from '@slipway/shared/action/path-input';
import {
  isJsonList,
  isJsonObject,
  type JsonObject,
  objectIn,
  textIn,
} from '@slipway/shared/document/json-object';
import { parseDocuments } from '@slipway/shared/document/parse-document';
import { Failure, messageOf } from '@slipway/shared/failure/failure';

/** Where an entry of a kubeconfig stands. */
export interface KubeconfigSource {
  /** For people, at the beginning of a sentence: `Input kubeconfig`, `The kubeconfig /tmp/config`. */
  readonly from: string;
  /** Folder that paths in it are relative to; undefined for a text. */
  readonly folder: string | undefined;
  /** The workspace, where the file is in it: whoever may change the repository may change it. */
  readonly checkout: string | undefined;
}

/** A cluster, user or context, and where it stands. */
export interface Entry {
  readonly name: string;
  readonly is: JsonObject;
  readonly source: KubeconfigSource;
}

/** A kubeconfig; each entry by its name. */
export interface Kubeconfig {
  /** For people. */
  readonly from: string;
  readonly currentContext: string | undefined;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
}

export const longestKubeconfig = 512 * 1024;
const longestFile = 1024 * 1024;

/**
 * Reads the text of a kubeconfig.
 * Source: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 * @throws Failure `k8s/kubeconfig`
 */
export async function readKubeconfig(text: string, source: KubeconfigSource): Promise<Kubeconfig> {
  const document = await parsed(text, source);
  const kind = textIn(document, 'kind');
  if (kind !== undefined && kind !== '' && kind !== 'Config') {
    throw bad(source, `it is a ${kind} instead of a Config`);
  }
  const version = textIn(document, 'apiVersion');
  if (version !== undefined && version !== '' && version !== 'v1') {
    throw bad(source, `its apiVersion is ${version} instead of v1`);
  }
  return {
    from: source.from,
    currentContext: textIn(document, 'current-context') || undefined,
    contexts: entriesIn(document, 'contexts', source),
    clusters: entriesIn(document, 'clusters', source),
    users: entriesIn(document, 'users', source),
  };
}

/**
 * Several files as one, as kubectl does it: the first one that has an entry, or names the current
 * context, is right about the whole of it.
 */
export function merged(files: readonly [Kubeconfig, ...Kubeconfig[]]): Kubeconfig {
  const all = (kind: 'contexts' | 'clusters' | 'users') =>
    new Map(files.toReversed().flatMap((file) => [...file[kind]]));
  return {
    from: files.length === 1 ? files[0].from : 'The kubeconfig of KUBECONFIG',
    currentContext: files.find((file) => file.currentContext !== undefined)?.currentContext,
    contexts: all('contexts'),
    clusters: all('clusters'),
    users: all('users'),
  };
}

/**
 * What an entry gives either as data in base64, or as the path of a file; data go before.
 * @param field `certificate-authority`
 * @returns undefined where it gives neither
 */
export function dataOrFile({ is, name, source }: Entry, field: string): string | undefined {
  const data = is[`${field}-data`];
  if (data !== undefined && data !== null && data !== '') {
    const text = typeof data === 'string' ? data.replace(/\s/g, '') : '';
    if (!/^[A-Za-z0-9+/]{4,}={0,2}$/.test(text) || text.length % 4 !== 0) {
      throw bad(source, `${field}-data of ${name} is not base64`);
    }
    return Buffer.from(text, 'base64').toString('utf8');
  }
  const path = textIn(is, field);
  return path ? fileOf(source, path, `${field} of ${name}`) : undefined;
}

/** The text of a file that a kubeconfig names. @param what for people: `tokenFile of deploy` */
export function fileOf(source: KubeconfigSource, path: string, what: string): string {
  const at = pathOf(source, path, what);
  try {
    const size = statSync(at).size;
    if (size > longestFile) throw new Error(`it is longer than ${longestFile} bytes`);
    return readFileSync(at, 'utf8');
  } catch (error) {
    throw bad(source, `${what} cannot be read: ${messageOf(error)}`, error);
  }
}

/** Where a file is that a kubeconfig names. One in the checkout leads nowhere else. */
export function pathOf(source: KubeconfigSource, path: string, what: string): string {
  const { checkout, folder } = source;
  if (folder === undefined && !isAbsolute(path)) {
    throw bad(
      source,
      `${what} is the relative path ${path}, and a text is in no folder; give it as data, or as an absolute path`,
    );
  }
  const at = resolve(folder ?? '/', path);
  if (checkout === undefined) return at;
  const real = realPathIn([checkout], at);
  if (real !== undefined) return real;
  throw bad(source, `it is in the checkout, and ${what} is a file outside of it: ${path}`);
}

/** The folder that the paths of a file begin in. */
export function folderOf(file: string): string {
  return dirname(resolve(file));
}

export function bad({ from }: { from: string }, wrong: string, cause?: unknown): Failure {
  return Failure.of('k8s/kubeconfig', { from, wrong }, cause);
}

async function parsed(text: string, source: KubeconfigSource): Promise<JsonObject> {
  try {
    const limits = { example: 'apiVersion: v1', longest: longestKubeconfig };
    const [document, ...others] = await parseDocuments(text, limits);
    if (!document) throw bad(source, 'it is empty');
    if (others.length > 0) throw bad(source, 'it is more than one document');
    return document.value;
  } catch (error) {
    // Its words follow "Input kubeconfig".
    if (error instanceof BadInput) throw bad(source, `it ${error.message}`, error);
    throw error;
  }
}

// `contexts: [{ name, context: {} }]`
function entriesIn(
  document: JsonObject,
  list: 'contexts' | 'clusters' | 'users',
  source: KubeconfigSource,
): Map<string, Entry> {
  const given = document[list];
  if (given === undefined || given === null) return new Map();
  if (!isJsonList(given)) throw bad(source, `${list} is not a list`);
  const entries = new Map<string, Entry>();
  for (const item of given) {
    const name = isJsonObject(item) ? textIn(item, 'name') : undefined;
    if (name === undefined) throw bad(source, `an entry of ${list} has no name`);
    if (entries.has(name)) throw bad(source, `${list} has ${name} twice`);
    entries.set(name, { name, is: objectIn(item, list.slice(0, -1)), source });
  }
  return entries;
}
