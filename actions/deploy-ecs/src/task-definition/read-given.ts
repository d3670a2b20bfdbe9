import { BadInput } from '@slipway/shared/action/input';
import { type DocumentPlace, readDocument } from '@slipway/shared/document/document-input';
import { isJsonObject, type JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import type { Settings } from '../settings.ts';
import { documentExamples } from './given.ts';
import type { GivenDocuments } from './prepared.ts';

/** The inputs that may be documents. */
type DocumentSettings = Pick<Settings, 'task-definition' | 'service-definition'>;

/**
 * Reads the documents that inputs name. Nothing is asked of AWS.
 * @throws Failure `action/input` with what is wrong with each of them
 */
export async function readGivenDocuments(settings: DocumentSettings): Promise<GivenDocuments> {
  const problems: string[] = [];
  const read = async (input: keyof typeof documentExamples, place: DocumentPlace) => {
    try {
      return await readDocument(place, documentExamples[input]);
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      problems.push(`Input ${input} ${error.message}. Valid: ${error.example}`);
      return {};
    }
  };
  const task = settings['task-definition'];
  const service = settings['service-definition'];
  const given: GivenDocuments = {
    taskDefinition:
      task?.at === 'ecs'
        ? { name: task.name }
        : task && { document: unwrapped(await read('task-definition', task)) },
    serviceDefinition: service && (await read('service-definition', service)),
  };
  if (problems.length > 0) throw Failure.of('action/input', { problems: problems.join('\n') });
  return given;
}

/** `aws ecs describe-task-definition` prints the document one level deeper, with its tags beside it. */
function unwrapped(document: JsonObject): JsonObject {
  const { taskDefinition, tags } = document;
  if (!isJsonObject(taskDefinition) || 'containerDefinitions' in document) return document;
  return tags === undefined ? taskDefinition : { ...taskDefinition, tags };
}
