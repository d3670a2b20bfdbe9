import { type DocumentNode, type FieldNode, Kind, type SelectionSetNode } from 'graphql';

/** How many nodes a call may ask for. */
export const mostNodes = 500_000;

/**
 * How many nodes a call can return at most: a connection in a connection counts for each entry.
 * Source: https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#node-limit
 */
export function countNodes(
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): number {
  const fragments = new Map<string, SelectionSetNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition.selectionSet);
    }
  }
  const count = (selections: SelectionSetNode | undefined, times: number): number => {
    let sum = 0;
    for (const selection of selections?.selections ?? []) {
      switch (selection.kind) {
        case Kind.FIELD: {
          const size = sizeOf(selection, variables);
          sum += (size ?? 0) * times + count(selection.selectionSet, times * (size ?? 1));
          break;
        }
        case Kind.INLINE_FRAGMENT:
          sum += count(selection.selectionSet, times);
          break;
        case Kind.FRAGMENT_SPREAD:
          sum += count(fragments.get(selection.name.value), times);
          break;
      }
    }
    return sum;
  };
  let sum = 0;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) sum += count(definition.selectionSet, 1);
  }
  return sum;
}

function sizeOf(
  field: FieldNode,
  variables: Readonly<Record<string, unknown>>,
): number | undefined {
  for (const { name, value } of field.arguments ?? []) {
    if (name.value !== 'first' && name.value !== 'last') continue;
    if (value.kind === Kind.INT) return Number(value.value);
    if (value.kind === Kind.VARIABLE) return Number(variables[value.name.value]) || undefined;
  }
  return undefined;
}
