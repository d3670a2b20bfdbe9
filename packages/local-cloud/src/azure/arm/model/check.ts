import { isRecord } from '../../../http/exchange.ts';
import { publishedChoices } from './choices.ts';
import { neverAnswered, newerFields, newlyOptional } from './newer.ts';
import { type Mapper, type MapperType, publishedMappers } from './published.ts';

/** The first thing about a value that its class does not allow. */
export interface Violation {
  /** `properties.containers[0].name`; empty for the whole. */
  path: string;
  kind: 'unknown' | 'missing' | 'type';
  /** Name of the field, or the type that the value should have had. */
  what: string;
  /** Class that the value is of. */
  of: string;
}

export interface Strictness {
  /** The value is an answer: what is secret may be missing. */
  answer?: boolean;
  /** Fields of API versions after that of the published clients are known. */
  newer?: boolean;
}

/** One level of JSON: `properties` is a level, though the classes of the clients have none there. */
interface Level {
  fields: Map<string, Mapper>;
  inner: Map<string, Level>;
}

/**
 * Checks a value as it is in JSON against a class of the published clients, at every depth: fields that
 * it does not know, fields that are missing, wrong types.
 */
export function findViolation(
  className: string,
  value: unknown,
  strictness: Strictness = {},
): Violation | undefined {
  return new Check(strictness).value(value, { type: { name: 'Composite', className } }, '');
}

const levels = new Map<string, Level>();

class Check {
  readonly #strictness: Strictness;

  constructor(strictness: Strictness) {
    this.#strictness = strictness;
  }

  value(value: unknown, { type }: Mapper, path: string): Violation | undefined {
    switch (type.name) {
      case 'Composite': {
        const of = type.className ?? 'object';
        if (!isRecord(value)) return wrong(path, 'an object', of);
        return this.#level(value, this.#levelOf(type), { path, of, prefix: '' });
      }
      case 'Sequence': {
        if (!Array.isArray(value)) return wrong(path, 'a list', 'List');
        const { element } = type;
        return first(
          value,
          (one, index) => element && this.value(one, element, `${path}[${index}]`),
        );
      }
      case 'Dictionary': {
        if (!isRecord(value)) return wrong(path, 'an object', 'Dictionary');
        const { value: each } = type;
        return first(
          Object.entries(value),
          ([key, one]) => each && this.value(one, each, `${path}.${key}`),
        );
      }
      default:
        return scalar(value, type, path);
    }
  }

  #level(
    value: Record<string, unknown>,
    level: Level,
    at: { path: string; of: string; prefix: string },
  ): Violation | undefined {
    const under = (name: string) => (at.path === '' ? name : `${at.path}.${name}`);
    const wrongField = first(Object.entries(value), ([name, one]): Violation | undefined => {
      // As for ARM: a field that is null is one that is not there.
      if (one === null || one === undefined) return undefined;
      const path = under(name);
      const inner = level.inner.get(name);
      if (inner) {
        const of = `${at.of}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
        return isRecord(one)
          ? this.#level(one, inner, { path, of: at.of, prefix: `${at.prefix}${name}.` })
          : wrong(path, 'an object', of);
      }
      const mapper = level.fields.get(name);
      if (!mapper) return { kind: 'unknown', path, what: name, of: at.of };
      if (mapper.readOnly && !this.#strictness.answer) return undefined;
      const choices = publishedChoices[`${at.of}.${at.prefix}${name}`];
      const chosen = choices
        ? { ...mapper, type: { name: 'Enum', allowedValues: choices } }
        : mapper;
      return this.value(one, chosen, path);
    });
    return wrongField ?? this.#missing(value, level, at);
  }

  #missing(
    value: Record<string, unknown>,
    { fields, inner }: Level,
    { path, of, prefix }: { path: string; of: string; prefix: string },
  ): Violation | undefined {
    const given = (name: string) => value[name] !== null && value[name] !== undefined;
    for (const [name, { required }] of fields) {
      const key = `${of}.${prefix}${name}`;
      const needed =
        required &&
        !(this.#strictness.answer && neverAnswered.has(key)) &&
        !(this.#strictness.newer && newlyOptional.has(key));
      if (needed && !given(name)) return { kind: 'missing', path, what: name, of };
    }
    for (const [name, level] of inner) {
      if (given(name)) continue;
      const at = { path: path === '' ? name : `${path}.${name}`, of, prefix: `${prefix}${name}.` };
      const missing = this.#missing({}, level, at);
      if (missing) return missing;
    }
    return undefined;
  }

  #levelOf(type: MapperType): Level {
    const { className, modelProperties } = type;
    if (className === undefined) return levelFrom(Object.values(modelProperties ?? {}));
    const key = `${className} ${this.#strictness.newer === true}`;
    const found = levels.get(key);
    if (found) return found;
    const published = publishedMappers()[className]?.type.modelProperties;
    if (!published) throw new Error(`The published clients have no class ${className}.`);
    const newer = this.#strictness.newer ? Object.entries(newerFields[className] ?? {}) : [];
    const level = levelFrom([
      ...Object.values(published),
      ...newer.map(([serializedName, mapper]) => ({ ...mapper, serializedName })),
    ]);
    levels.set(key, level);
    return level;
  }
}

function levelFrom(mappers: readonly Mapper[]): Level {
  const top: Level = { fields: new Map(), inner: new Map() };
  for (const mapper of mappers) {
    const names = (mapper.serializedName ?? '').split('.');
    let level = top;
    for (const name of names.slice(0, -1)) {
      const next = level.inner.get(name) ?? { fields: new Map(), inner: new Map() };
      level.inner.set(name, next);
      level = next;
    }
    level.fields.set(names.at(-1) ?? '', mapper);
  }
  return top;
}

function scalar(value: unknown, type: MapperType, path: string): Violation | undefined {
  const must = (ok: boolean, what: string) => (ok ? undefined : wrong(path, what, type.name));
  switch (type.name) {
    case 'String':
      return must(typeof value === 'string', 'a text');
    case 'Number':
      return must(typeof value === 'number' && Number.isFinite(value), 'a number');
    case 'Boolean':
      return must(typeof value === 'boolean', 'true or false');
    case 'DateTime':
      return must(typeof value === 'string' && !Number.isNaN(Date.parse(value)), 'a time');
    case 'Enum': {
      const { allowedValues = [] } = type;
      return must(
        allowedValues.some((one) => one === value),
        `one of ${allowedValues.join(', ')}`,
      );
    }
    case 'any':
      return undefined;
    default:
      throw new Error(`The published clients have the type ${type.name}, which is new.`);
  }
}

function first<T>(
  items: readonly T[],
  check: (item: T, index: number) => Violation | undefined,
): Violation | undefined {
  for (const [index, item] of items.entries()) {
    const violation = check(item, index);
    if (violation) return violation;
  }
  return undefined;
}

function wrong(path: string, what: string, of: string): Violation {
  return { kind: 'type', path, what, of };
}
