/** A name and a time in a commit or an annotated tag. */
export interface Person {
  name: string;
  email: string;
  /** Seconds since the epoch. */
  time: number;
  /** `+0200` */
  zone: string;
}

export interface Commit {
  oid: string;
  tree: string;
  parents: readonly string[];
  author: Person;
  committer: Person;
  /** Without the line feed at its end, as GitHub shows it. */
  message: string;
  /** The signature's text, empty when it is not signed. */
  signature: string;
}

export interface Tag {
  oid: string;
  target: string;
  targetType: ObjectType;
  name: string;
  tagger?: Person;
  message: string;
}

export type ObjectType = 'commit' | 'tag' | 'tree' | 'blob';

/**
 * Reads the text of a commit object.
 * Source: https://git-scm.com/docs/git-cat-file, `git cat-file commit`
 */
export function readCommit(oid: string, text: string): Commit {
  const { fields, message } = split(text);
  return {
    oid,
    tree: first(fields, 'tree'),
    parents: fields.get('parent') ?? [],
    author: readPerson(first(fields, 'author')),
    committer: readPerson(first(fields, 'committer')),
    message,
    signature: fields.get('gpgsig')?.[0] ?? '',
  };
}

/** Reads the text of an annotated tag. */
export function readTag(oid: string, text: string): Tag {
  const { fields, message } = split(text);
  const tagger = fields.get('tagger')?.[0];
  return {
    oid,
    target: first(fields, 'object'),
    targetType: objectType(first(fields, 'type')),
    name: first(fields, 'tag'),
    ...(tagger !== undefined && { tagger: readPerson(tagger) }),
    message,
  };
}

/** Narrows what git calls the type of an object. */
export function objectType(text: string): ObjectType {
  if (text === 'commit' || text === 'tag' || text === 'tree' || text === 'blob') return text;
  throw new Error(`git knows no object type ${text}`);
}

/** `2026-01-31T12:00:00Z` */
export function utc({ time }: Person): string {
  return new Date(time * 1_000).toISOString().replace('.000', '');
}

/** The person's own time, `2026-01-31T14:00:00+02:00`. */
export function local({ time, zone }: Person): string {
  const [, sign = '+', hours = '00', minutes = '00'] = /^([+-])(\d\d)(\d\d)$/.exec(zone) ?? [];
  const shift = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60 : 60);
  const text = new Date((time + shift) * 1_000).toISOString().slice(0, 19);
  return shift === 0 ? `${text}Z` : `${text}${sign}${hours}:${minutes}`;
}

function split(text: string): { fields: Map<string, string[]>; message: string } {
  const end = text.indexOf('\n\n');
  const head = end < 0 ? text : text.slice(0, end);
  const fields = new Map<string, string[]>();
  // A line that begins with a space continues the one before it.
  for (const line of head.replaceAll('\n ', '\u0000').split('\n')) {
    const space = line.indexOf(' ');
    const name = line.slice(0, space);
    const value = line.slice(space + 1).replaceAll('\u0000', '\n');
    fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  return { fields, message: end < 0 ? '' : text.slice(end + 2).replace(/\n+$/, '') };
}

function first(fields: ReadonlyMap<string, readonly string[]>, name: string): string {
  return fields.get(name)?.[0] ?? '';
}

function readPerson(text: string): Person {
  const [, name = '', email = '', time = '0', zone = '+0000'] =
    /^(.*?) ?<([^>]*)> (-?\d+) ([+-]\d{4})$/.exec(text) ?? [];
  return { name, email, time: Number(time), zone };
}
