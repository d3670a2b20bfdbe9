import { type ServiceModel, type Shape, type ShapeRef, shapeOf } from './model/service-model.ts';

/** What a form says by the shape of an input, and the names in it that belong to nothing. */
export interface ReadForm {
  input: unknown;
  left: readonly string[];
}

/**
 * Reads the form of a request in the query protocol: `Names.member.1`, `Tags.entry.1.key`, `Filter.Name`.
 * A text that is no number stays a text, and is refused by the check against the model.
 * Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function readByShape(
  model: ServiceModel,
  ref: ShapeRef,
  form: ReadonlyMap<string, string>,
): ReadForm {
  const left = new Set(form.keys());
  const take = (name: string): string | undefined => {
    left.delete(name);
    return form.get(name);
  };
  const has = (prefix: string) =>
    [...form.keys()].some((name) => name === prefix || name.startsWith(`${prefix}.`));

  const read = (at: ShapeRef, prefix: string): unknown => {
    const shape = shapeOf(model, at);
    switch (shape.type) {
      case 'structure':
        return structure(shape, prefix);
      case 'list': {
        const { member } = shape;
        if (!member) throw new Error(`The list ${at.shape} has no member.`);
        const wrapper = shape.flattened ? '' : `.${member.locationName ?? 'member'}`;
        return numbered(`${prefix}${wrapper}`).map((item) => read(member, item));
      }
      case 'map': {
        const { key, value } = shape;
        if (!key || !value) throw new Error(`The map ${at.shape} has no key or value.`);
        const entries = numbered(`${prefix}${shape.flattened ? '' : '.entry'}`).map((entry) => [
          take(`${entry}.${key.locationName ?? 'key'}`) ?? '',
          read(value, `${entry}.${value.locationName ?? 'value'}`),
        ]);
        return Object.fromEntries(entries);
      }
      default:
        return scalar(take(prefix) ?? '', shape);
    }
  };
  const numbered = (prefix: string): string[] => {
    const names: string[] = [];
    while (has(`${prefix}.${names.length + 1}`)) names.push(`${prefix}.${names.length + 1}`);
    return names;
  };
  const structure = ({ members = {} }: Shape, prefix: string) => {
    const named = Object.entries(members).flatMap(([name, member]) => {
      const full = `${prefix === '' ? '' : `${prefix}.`}${member.locationName ?? name}`;
      return has(full) ? [[name, read(member, full)]] : [];
    });
    return Object.fromEntries(named);
  };
  const input = read(ref, '');
  return { input, left: [...left] };
}

function scalar(text: string, { type }: Shape): unknown {
  switch (type) {
    case 'integer':
    case 'long':
    case 'double':
    case 'float':
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'timestamp':
      return Number.isNaN(Date.parse(text)) ? text : Date.parse(text) / 1_000;
    default:
      return text;
  }
}
