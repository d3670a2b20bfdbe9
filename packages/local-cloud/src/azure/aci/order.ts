import type { GroupBody, GroupProperties, InitContainerBody } from './body.ts';
import type { ContainerOrder, GroupOrder } from './runtime.ts';

const gibibyte = 2 ** 30;

/** What the address of a group and its name are for a runtime. */
export function groupOrder(
  { name, uid }: { name: string; uid: string },
  { location = '', properties }: GroupBody,
  round: number,
): GroupOrder {
  const listens = properties.containers.flatMap(({ properties: of }) => [
    ...(of.ports ?? []).map(({ port }) => port),
    ...[of.livenessProbe, of.readinessProbe].flatMap((probe) => probe?.httpGet?.port ?? []),
  ]);
  return {
    uid,
    name,
    location,
    round,
    listens,
    ports: (properties.ipAddress?.ports ?? []).map(({ port }) => port),
    volumes: properties.volumes ?? [],
    credentials: properties.imageRegistryCredentials ?? [],
  };
}

/** Containers as they are to be run; init containers first. */
export function containerOrders(
  group: GroupOrder,
  { containers, initContainers = [] }: GroupProperties,
): { init: ContainerOrder[]; main: ContainerOrder[] } {
  const order = (container: InitContainerBody, init: boolean): ContainerOrder => ({
    key: `${group.uid}/${group.round}/${container.name}`,
    group,
    name: container.name,
    image: container.properties?.image ?? '',
    init,
    environment: Object.fromEntries(
      (container.properties?.environmentVariables ?? []).map(
        ({ name, secureValue, secureValueReference, value }) => [
          name,
          secureValue ?? value ?? secureValueReference ?? '',
        ],
      ),
    ),
    properties: container.properties ?? {},
  });
  return {
    init: initContainers.map((container) => order(container, true)),
    main: containers.map((container) => {
      const { limits, requests } = container.properties.resources ?? {};
      const memoryInGB = limits?.memoryInGB ?? requests?.memoryInGB;
      return {
        ...order(container, false),
        ...(memoryInGB !== undefined && { memory: Math.round(memoryInGB * gibibyte) }),
      };
    }),
  };
}
