import { numberOf } from './json-number.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from './json-object.ts';

/** One setting of a document. */
export interface Setting {
  /** Two settings are the same when this is. */
  value: string;
  /** For people. */
  text: string;
  /** Whether its value may be a secret, so that it is not for people. */
  hidden: boolean;
}

/** How the items of a list are told apart, so that their order says nothing. */
export interface Keyed {
  label: string;
  key: (item: JsonObject) => string;
  /** Fields that are in the key. */
  in: readonly string[];
}

/** What a kind of document has beyond objects and lists. Lists and maps go by the name of their field. */
export interface Flattening {
  keyed: Readonly<Record<string, Keyed>>;
  /** Lists of texts whose order says nothing. */
  sets: readonly string[];
  /** Maps and keyed lists whose values somebody else's code reads, so that they may be secrets. */
  ofOthers: readonly string[];
}

/** Items that one of their fields names. */
export function by(field: string, label: string): Keyed {
  return { label, key: (item) => plain(item[field]), in: [field] };
}

const secretName = /pass|secret|token|credential|private|auth|(?:^|[^a-z])key|key$|dsn|connection/i;
const credentialsInAddress = /\/\/[^\s/:@]*:[^\s/@]+@/;

/**
 * All settings of a document by a name for people: `web: environment LOG_LEVEL`.
 * @param parts objects, each with what stands before the names of its settings: `web: `
 */
export function flatten(
  parts: Iterable<readonly [prefix: string, object: JsonObject]>,
  how: Flattening,
): Map<string, Setting> {
  const settings = new Map<string, Setting>();
  const add: Add = (what, value, { text = plain(value), hidden = false } = {}) => {
    let name = what;
    for (let count = 2; settings.has(name); count += 1) name = `${what} (${count})`;
    settings.set(name, { value: sorted(value), text: text === '' ? '(empty)' : text, hidden });
  };
  for (const [prefix, object] of parts) walk(object, prefix, { how, add });
  return settings;
}

type Add = (what: string, value: Json, shown?: { text?: string; hidden?: boolean }) => void;

interface Walk {
  how: Flattening;
  add: Add;
}

function walk(object: JsonObject, prefix: string, { how, add }: Walk): void {
  for (const [field, value] of Object.entries(object)) {
    if (value === undefined) continue;
    const keyed = Object.hasOwn(how.keyed, field) ? how.keyed[field] : undefined;
    if (isJsonList(value)) {
      if (keyed && value.every(isJsonObject)) {
        for (const item of value) {
          addItem(item, `${prefix}${keyed.label}`, {
            keyed,
            add,
            ofOthers: how.ofOthers.includes(field),
          });
        }
      } else if (how.sets.includes(field)) {
        add(`${prefix}${field}`, value.map(plain).sort());
      } else if (value.length > 0) add(`${prefix}${field}`, value);
    } else if (isJsonObject(value) && how.ofOthers.includes(field)) {
      for (const [name, inner = null] of Object.entries(value)) {
        add(`${prefix}${field} ${name}`, inner, { hidden: isSecret(name, plain(inner)) });
      }
    } else if (isJsonObject(value) && Object.keys(value).length > 0) {
      walk(value, `${prefix}${field}.`, { how, add });
    } else {
      add(`${prefix}${field}`, value);
    }
  }
}

function addItem(
  item: JsonObject,
  label: string,
  { keyed, add, ofOthers }: { keyed: Keyed; add: Add; ofOthers: boolean },
): void {
  const key = keyed.key(item);
  const rest = Object.entries(item).filter(([name]) => !keyed.in.includes(name));
  const [only] = rest;
  const single = rest.length === 1 && only && /^value(?:From)?$/.test(only[0]);
  const fields = Object.fromEntries(rest);
  const text = single ? plain(only[1]) : rest.length === 0 ? 'yes' : sorted(fields);
  const hidden = ofOthers && isSecret(key, text);
  add(`${label} ${key}`, fields, { text, hidden });
}

function isSecret(name: string, value: string): boolean {
  return secretName.test(name) || credentialsInAddress.test(value);
}

/** A text as it is, all else as JSON. */
export function plain(value: Json | undefined): string {
  return typeof value === 'string' ? value : sorted(value);
}

/** JSON in which neither the order of fields nor the spelling of numbers counts. */
function sorted(value: Json | undefined): string {
  return (
    JSON.stringify(value, (_, inner: Json) => {
      const number = numberOf(inner);
      if (number !== undefined && isExact(number, inner)) return number;
      if (!isJsonObject(inner)) return inner;
      return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
    }) ?? ''
  );
}

/** Whether two spellings that are read as this number are the same number. */
function isExact(number: number, written: Json): boolean {
  const digits = JSON.isRawJSON(written) ? written.rawJSON.length : 0;
  return Number.isSafeInteger(number) || digits <= 15;
}
