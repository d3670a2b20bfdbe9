import type { ActionFile } from './workflows/action-file.ts';
import { isSecret } from './workflows/target-inputs.ts';

/**
 * The JSON schema of an action's settings file, for editors: every input but the secrets. The action
 * itself checks the values; the schema tells names, forms and what they mean.
 */
export function settingsSchema(name: string, action: ActionFile): string {
  const scalar = { type: ['string', 'number', 'boolean'] };
  const value = {
    anyOf: [
      scalar,
      { type: 'array', items: scalar },
      { type: 'object', additionalProperties: scalar },
    ],
  };
  const inputs = Object.entries(action.inputs ?? {}).filter(
    ([input]) => input !== 'settings' && !isSecret(input),
  );
  const properties = Object.fromEntries(
    inputs.map(([input, { description, default: standard = '' }]) => [
      input,
      { description, ...(standard === '' ? {} : { default: standard }), $ref: '#/$defs/value' },
    ]),
  );
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `Settings of ${name}`,
    description: 'A list stands for one item a line, a map for KEY=VALUE a line.',
    type: 'object',
    additionalProperties: false,
    properties,
    $defs: { value },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
