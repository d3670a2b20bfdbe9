import {
  by,
  type Flattening,
  flatten,
  plain,
  type Setting,
} from '@slipway/shared/document/flatten';
import { isJsonList, isJsonObject, type JsonObject } from '@slipway/shared/document/json-object';

const taskDefinition: Flattening = {
  keyed: {
    environment: by('name', 'environment'),
    secrets: by('name', 'secret'),
    secretOptions: by('name', 'secret option'),
    environmentFiles: by('value', 'environment file'),
    portMappings: {
      label: 'port',
      key: (item) =>
        `${plain(item['containerPort'] ?? item['containerPortRange'])}/${plain(item['protocol'] ?? 'tcp')}`,
      in: ['containerPort', 'containerPortRange', 'protocol'],
    },
    mountPoints: by('containerPath', 'mount'),
    volumesFrom: by('sourceContainer', 'volumes from'),
    dependsOn: by('containerName', 'depends on'),
    ulimits: by('name', 'ulimit'),
    systemControls: by('namespace', 'system control'),
    extraHosts: by('hostname', 'extra host'),
    resourceRequirements: by('type', 'resource'),
    volumes: by('name', 'volume'),
    tags: by('key', 'tag'),
    properties: by('name', 'property'),
    placementConstraints: by('expression', 'placement constraint'),
  },
  sets: ['requiresCompatibilities', 'add', 'drop', 'links'],
  ofOthers: ['environment', 'options', 'dockerLabels', 'properties'],
};

/** All settings of a task definition by a name for people: `web: environment LOG_LEVEL`. */
export function settingsOf(document: JsonObject): Map<string, Setting> {
  const { containerDefinitions, ...task } = document;
  const containers = isJsonList(containerDefinitions) ? containerDefinitions : [];
  const named = containers.filter(isJsonObject).map(({ name, ...fields }) => {
    return [`${plain(name)}: `, fields] as const;
  });
  return flatten([['', task], ...named], taskDefinition);
}
