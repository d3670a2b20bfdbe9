import { readFileSync, statSync } from 'node:fs';
import { BadInput } from '@slipway/shared/action/input';
import { Failure } from '@slipway/shared/failure/failure';
import { isJsonObject, type JsonObject } from '../api/json-object.ts';
import type { Settings } from '../settings.ts';
import { type DocumentPlace, documentExamples } from './given.ts';
import { parseDocument } from './parse-document.ts';
import type { GivenDocuments } from './prepared.ts';

/** The inputs that may be documents. */
type DocumentSettings = Pick<Settings, 'task-definition' | 'service-definition'>;

const largestFile = 256 * 1024;

/**
 * Reads the documents that inputs name. Nothing is asked of AWS.
 * @throws Failure `action/input` with what is wrong with each of them
 */
export async function readGivenDocuments(settings: DocumentSettings): Promise<GivenDocuments> {
  const problems: string[] = [];
  const read = async (input: keyof typeof documentExamples, place: DocumentPlace) => {
    try {
      return await parseDocument(textAt(place, documentExamples[input]), documentExamples[input]);
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

function textAt(place: DocumentPlace, example: string): string {
  if (place.at === 'text') return place.text;
  if (statSync(place.path).size > largestFile) {
    throw new BadInput('names a file above 256 KiB', example);
  }
  const bytes = readFileSync(place.path);
  try {
    // Editors on Windows write the mark of UTF-8 first; the decoder takes it away.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BadInput('names a file that is not UTF-8', example);
  }
}

/** `aws ecs describe-task-definition` prints the document one level deeper, with its tags beside it. */
function unwrapped(document: JsonObject): JsonObject {
  const { taskDefinition, tags } = document;
  if (!isJsonObject(taskDefinition) || 'containerDefinitions' in document) return document;
  return tags === undefined ? taskDefinition : { ...taskDefinition, tags };
}
