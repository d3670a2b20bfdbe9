import { patiently } from '@slipway/shared/deploy/patience';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import type { GroupName, Operation } from '../api/aci-api.ts';
import { candidateDocument, candidateName } from './candidate.ts';
import { releaseTags, tagOf } from './release-tags.ts';
import { deleteGroup, type GroupWriter, removeGroup, writeGroup } from './write-group.ts';

/** The second group, in which a new version is proven first; it is removed on every way out. */
export class Rehearsal {
  /** Of the second group. */
  readonly name: GroupName;
  readonly #group: GroupName;
  readonly #writer: GroupWriter;
  /** Whether it may be there, and is ours. */
  #begun = false;

  /** @param group the one that it rehearses for */
  constructor(group: GroupName, writer: GroupWriter) {
    this.#group = group;
    this.#writer = writer;
    this.name = candidateName(group);
  }

  /**
   * A group of somebody else by that name is not ours to delete.
   * @throws Failure `aci/candidate-name`
   */
  async check(signal: AbortSignal): Promise<void> {
    const found = await this.#read(signal);
    if (!found || tagOf(found, releaseTags.candidate) === this.#group.name) return;
    throw Failure.of('aci/candidate-name', {
      candidate: this.name.name,
      group: this.#group.name,
    });
  }

  /** Removes what a run that was killed has left behind. */
  async clear(signal: AbortSignal): Promise<void> {
    if (await this.#read(signal)) await removeGroup(this.#writer, this.name, signal);
  }

  /**
   * Creates it.
   * @param document of the group that it rehearses for
   * @param label public name of it; undefined: that of the document with `-next` behind it
   */
  async begin(
    document: JsonObject,
    label: string | undefined,
    signal: AbortSignal,
  ): Promise<{ document: JsonObject; operation: Operation | undefined }> {
    const own = candidateDocument(document, this.#group, label);
    this.#begun = true;
    const operation = await writeGroup(this.#writer, { name: this.name, document: own }, signal);
    return { document: own, operation };
  }

  /** Removes it. */
  async end(signal: AbortSignal): Promise<void> {
    if (!this.#begun) return;
    await deleteGroup(this.#writer, this.name, signal);
    this.#begun = false;
    this.#writer.say(`removed ${this.name.name}, in which the new version was rehearsed`);
  }

  /** Removes it at the end of the run, whatever has become of that; it knows no signal. */
  async leave(): Promise<void> {
    try {
      await this.end(new AbortController().signal);
    } catch (error) {
      this.#writer.say(`${this.name.name} was left behind: ${messageOf(error)}`);
    }
  }

  #read(signal: AbortSignal): Promise<JsonObject | undefined> {
    const { api, clock } = this.#writer;
    return patiently(() => api.getGroup(this.name, signal), { clock }, signal);
  }
}
