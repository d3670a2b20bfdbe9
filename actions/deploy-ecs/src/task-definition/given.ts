import { BadInput, type Input, trim } from '@slipway/shared/action/input';
import { type DocumentPlace, documentInput } from '@slipway/shared/document/document-input';

/** What input `task-definition` names: a document, or one that ECS has. */
export type TaskDefinitionPlace =
  | DocumentPlace
  /** `region` is that of an ARN. */
  | { at: 'ecs'; name: string; region: string | undefined };

/** Examples of files, for the errors of inputs. */
export const documentExamples = {
  'task-definition': 'deploy/task-definition.json',
  'service-definition': 'deploy/service.json',
} as const;

const family = /^[\w-]{1,255}(?::[1-9]\d{0,9})?$/;
const arn =
  /^arn:aws[a-z-]*:ecs:([a-z0-9-]+):\d{12}:task-definition\/[\w-]{1,255}(?::[1-9]\d{0,9})?$/;
const nameExample = 'shop:42';

/**
 * A file, a text, or a name. What a value is shows in itself, never in which files there are: a name
 * has neither dot nor slash, so a file without a folder or an ending is written `./shop`.
 */
export function taskDefinitionInput(workspace: string): Input<TaskDefinitionPlace> {
  const document = documentInput(workspace, documentExamples['task-definition']);
  return {
    ...document,
    parse(value) {
      const name = trim(value);
      const isArn = name.startsWith('arn:');
      if (isArn && !arn.test(name)) {
        throw new BadInput(
          'is not the ARN of a task definition',
          'arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:42',
        );
      }
      if (isArn || family.test(name)) return { at: 'ecs', name, region: arn.exec(name)?.[1] };
      if (/^[^\s./{}]+:[^\s./{}]*$/.test(name)) {
        throw new BadInput('is neither a file nor a family with its revision', nameExample);
      }
      return document.parse(value);
    },
  };
}
