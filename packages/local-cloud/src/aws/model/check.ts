import { isRecord } from '../../http/exchange.ts';
import { type ServiceModel, type Shape, type ShapeRef, shapeOf } from './service-model.ts';

/** The first thing about a value that its shape does not allow. */
export interface Violation {
  /** Type and unknown are errors of the message, the others of what it says. */
  kind: 'type' | 'unknown' | 'constraint';
  /** `containerDefinitions[0].name`; empty for the whole. */
  path: string;
  /** What holds for the value: `must not be null`. */
  must: string;
  /** The value as AWS says it again in its sentence; none of what is secret. */
  said?: string;
}

/** How a value is held to its shape. */
export interface Strictness {
  /** Members that the model does not know are let through, at any depth. */
  keepsUnknown?: boolean;
}

/**
 * Checks a value, as it is in JSON, against its shape at every depth: types, unknown and missing
 * members, enumerations, patterns, lengths and ranges. Times are seconds since the epoch, bytes are
 * base64.
 * Source: https://smithy.io/2.0/spec/constraint-traits.html
 */
export function findViolation(
  model: ServiceModel,
  ref: ShapeRef,
  value: unknown,
  { keepsUnknown = false }: Strictness = {},
): Violation | undefined {
  const check = (item: unknown, at: ShapeRef, path: string): Violation | undefined => {
    const shape = shapeOf(model, at);
    switch (shape.type) {
      case 'structure':
        if (shape.document) return undefined;
        return isRecord(item) ? structure(item, shape, path) : wrongType(path, 'an object');
      case 'list': {
        if (!Array.isArray(item)) return wrongType(path, 'a list');
        const of = inner(shape.member);
        return (
          first(item.map((one: unknown, index) => () => check(one, of, `${path}[${index}]`))) ??
          size(item.length, shape, path)
        );
      }
      case 'map': {
        if (!isRecord(item)) return wrongType(path, 'an object');
        const entries = Object.entries(item);
        return (
          first(
            entries.flatMap(([key, one]) => [
              () => check(key, inner(shape.key), `${path}.${key}`),
              () => check(one, inner(shape.value), `${path}.${key}`),
            ]),
          ) ?? size(entries.length, shape, path)
        );
      }
      default:
        return scalar(item, shape, path);
    }
  };
  const structure = (
    item: Record<string, unknown>,
    { members = {}, required = [], union }: Shape,
    path: string,
  ): Violation | undefined => {
    const dot = path === '' ? '' : `${path}.`;
    const given = Object.entries(item).filter(([, one]) => one !== undefined);
    const missing = required.find((name) => item[name] === undefined);
    return first([
      ...given.map(([name, one]) => () => {
        const member = Object.hasOwn(members, name) ? members[name] : undefined;
        if (member) return check(one, member, `${dot}${name}`);
        const must = 'must be a member that the model knows';
        return keepsUnknown
          ? undefined
          : ({ kind: 'unknown', path: `${dot}${name}`, must } as const);
      }),
      () =>
        missing === undefined ? undefined : broken(`${dot}${missing}`, 'must not be null', 'null'),
      () =>
        union && given.length !== 1 ? broken(path, 'must have exactly one member') : undefined,
    ]);
  };
  return check(value, ref, '');
}

/** A value in the sentence that AWS's services have for all broken constraints. */
export function violationSentence({ path, must, said }: Violation): string {
  const value = said === undefined ? 'Value' : `Value ${said === 'null' ? said : `'${said}'`}`;
  return `1 validation error detected: ${value} at '${path}' failed to satisfy constraint: Member ${must}`;
}

function first(checks: readonly (() => Violation | undefined)[]): Violation | undefined {
  for (const check of checks) {
    const violation = check();
    if (violation) return violation;
  }
  return undefined;
}

function scalar(value: unknown, shape: Shape, path: string): Violation | undefined {
  switch (shape.type) {
    case 'string':
      return typeof value === 'string' ? text(value, shape, path) : wrongType(path, 'a text');
    case 'boolean':
      return typeof value === 'boolean' ? undefined : wrongType(path, 'true or false');
    case 'integer':
    case 'long': {
      const limit = shape.type === 'integer' ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
      if (typeof value !== 'number' || !Number.isInteger(value) || Math.abs(value) > limit) {
        return wrongType(path, 'a whole number');
      }
      return range(value, shape, path);
    }
    case 'timestamp':
    case 'double':
    case 'float':
      return typeof value === 'number' ? range(value, shape, path) : wrongType(path, 'a number');
    case 'blob': {
      if (typeof value !== 'string') return wrongType(path, 'base64');
      const bytes = Buffer.from(value, 'base64');
      return bytes.toString('base64') === value
        ? size(bytes.length, shape, path)
        : wrongType(path, 'base64');
    }
    default:
      throw new Error(`The model has the type ${shape.type}, which is new.`);
  }
}

function text(value: string, shape: Shape, path: string): Violation | undefined {
  const said = shape.sensitive ? undefined : value;
  // A length is counted in characters of Unicode.
  const bounded = shape.min !== undefined || shape.max !== undefined;
  const wrong = bounded ? size(Array.from(value).length, shape, path, said) : undefined;
  if (wrong) return wrong;
  if (shape.enum && !shape.enum.includes(value)) {
    return broken(path, `must satisfy enum value set: [${shape.enum.join(', ')}]`, said);
  }
  if (shape.pattern !== undefined && !patternOf(shape.pattern).test(value)) {
    return broken(path, `must satisfy regular expression pattern: ${shape.pattern}`, said);
  }
  return undefined;
}

function size(
  length: number,
  { min = 0, max = Number.POSITIVE_INFINITY }: Shape,
  path: string,
  said?: string,
): Violation | undefined {
  if (length < min) {
    return broken(path, `must have length greater than or equal to ${min}`, said);
  }
  return length > max
    ? broken(path, `must have length less than or equal to ${max}`, said)
    : undefined;
}

function range(value: number, { min, max }: Shape, path: string): Violation | undefined {
  if (min !== undefined && value < min) {
    return broken(path, `must have value greater than or equal to ${min}`, `${value}`);
  }
  if (max !== undefined && value > max) {
    return broken(path, `must have value less than or equal to ${max}`, `${value}`);
  }
  return undefined;
}

const patterns = new Map<string, RegExp>();

/** The services match a whole text; a few patterns of the models are none under the flag `u`. */
export function patternOf(source: string): RegExp {
  const known = patterns.get(source);
  if (known) return known;
  const whole = `^(?:${source})$`;
  let pattern: RegExp;
  try {
    pattern = new RegExp(whole, 'u');
  } catch {
    pattern = new RegExp(whole);
  }
  patterns.set(source, pattern);
  return pattern;
}

function inner(ref: ShapeRef | undefined): ShapeRef {
  if (!ref) throw new Error('The model has a list or map of nothing.');
  return ref;
}

function broken(path: string, must: string, said?: string): Violation {
  return { kind: 'constraint', path, must, ...(said !== undefined && { said }) };
}

function wrongType(path: string, type: string): Violation {
  return { kind: 'type', path, must: `must be ${type}` };
}
