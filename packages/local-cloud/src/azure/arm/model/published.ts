import { ContainerInstanceManagementClient } from '@azure/arm-containerinstance';
import { isRecord } from '../../../http/exchange.ts';

/** The shape of one value, as the clients that Microsoft generates carry it. */
export interface Mapper {
  serializedName?: string;
  required?: boolean;
  readOnly?: boolean;
  type: MapperType;
}

export interface MapperType {
  name: string;
  className?: string;
  modelProperties?: Readonly<Record<string, Mapper>>;
  element?: Mapper;
  value?: Mapper;
  allowedValues?: readonly string[];
}

let known: Readonly<Record<string, Mapper>> | undefined;

/**
 * The mappers of `@azure/arm-containerinstance` by name of class. The package does not export them;
 * every operation hands them to the client's own pipeline, which is where they are taken.
 */
export function publishedMappers(): Readonly<Record<string, Mapper>> {
  known ??= takeMappers();
  return known;
}

function takeMappers(): Readonly<Record<string, Mapper>> {
  let taken: unknown;
  class Listener extends ContainerInstanceManagementClient {
    override async sendOperationRequest<T>(
      ...[, { serializer }]: Parameters<ContainerInstanceManagementClient['sendOperationRequest']>
    ): Promise<T> {
      taken = serializer?.modelMappers;
      throw new Error('Nothing is sent.');
    }
  }
  const credential = { getToken: () => Promise.resolve(null) };
  new Listener(credential, 'none').containerGroups.get('none', 'none').catch(() => undefined);
  if (!isMappers(taken)) throw new Error('@azure/arm-containerinstance has no mappers any more.');
  return taken;
}

function isMappers(value: unknown): value is Readonly<Record<string, Mapper>> {
  return isRecord(value) && Object.values(value).every((one) => isRecord(one) && 'type' in one);
}
