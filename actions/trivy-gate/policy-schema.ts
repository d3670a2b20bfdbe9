import { toJsonSchema } from '@valibot/to-json-schema';
import { policySchema } from './src/policy/schema.ts';

/**
 * policy.schema.json: what editors check a policy with. A day and a purl are only checked by the
 * action itself, which says what is wrong with them.
 */
export function policyJsonSchema(): string {
  const schema = toJsonSchema(policySchema, { errorMode: 'ignore', target: 'draft-07' });
  const titled = { ...schema, title: 'Policy of trivy-gate' };
  return `${JSON.stringify(titled, undefined, 2)}\n`;
}
