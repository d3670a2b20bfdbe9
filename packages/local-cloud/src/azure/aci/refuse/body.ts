import { ArmError } from '../../arm/arm-error.ts';
import type { ContainerBody, GroupBody, GroupProperties, VolumeBody } from '../body.ts';
import { isReserved, limits, names } from './limits.ts';

const invalid = (code: string, message: string) => new ArmError(400, code, message);

/**
 * What the service refuses of a body by itself, whatever there is in the subscription.
 * @param name of the group
 * @throws ArmError
 */
export function checkBody(name: string, { properties }: GroupBody): void {
  if (!names.group.test(name)) {
    throw invalid(
      'InvalidContainerGroupName',
      `The container group name '${name}' is invalid. It can contain only lowercase letters, numbers and hyphens, without consecutive hyphens. The value must be between 1 and 63 characters long.`,
    );
  }
  const { containers, initContainers = [], volumes = [] } = properties;
  if (containers.length === 0) {
    throw invalid('MissingContainers', `The containers in container group '${name}' are missing.`);
  }
  if (containers.length + initContainers.length > limits.containers) {
    const count = containers.length + initContainers.length;
    throw invalid(
      'TooManyContainers',
      `The container group '${name}' has '${count}' containers. The limit is '${limits.containers}'.`,
    );
  }
  const seen = new Set<string>();
  for (const container of [...initContainers, ...containers]) {
    if (!names.container.test(container.name)) {
      throw invalid(
        'InvalidContainerName',
        `The container name '${container.name}' in container group '${name}' is invalid. It can contain only lowercase letters, numbers and hyphens. The value must be between 1 and 63 characters long.`,
      );
    }
    if (seen.has(container.name)) {
      throw invalid(
        'DuplicateContainerName',
        `The container name '${container.name}' is used more than once in container group '${name}'.`,
      );
    }
    seen.add(container.name);
    for (const variable of container.properties?.environmentVariables ?? []) {
      if (names.variable.test(variable.name)) continue;
      throw invalid(
        'InvalidEnvironmentVariableName',
        `The environment variable name '${variable.name}' in container '${container.name}' of container group '${name}' is invalid.`,
      );
    }
    for (const { mountPath, name: volume } of container.properties?.volumeMounts ?? []) {
      if (mountPath.includes(':')) {
        throw invalid(
          'InvalidVolumeMountPath',
          `The mount path '${mountPath}' of volume '${volume}' in container '${container.name}' must not contain ':'.`,
        );
      }
      if (!volumes.some((one) => one.name === volume)) {
        throw invalid(
          'VolumeNotFound',
          `The volume '${volume}' of a volume mount in container '${container.name}' is not found in container group '${name}'.`,
        );
      }
    }
  }
  for (const container of containers) checkResources(name, container);
  if (volumes.length > limits.volumes) {
    throw invalid(
      'TooManyVolumes',
      `The container group '${name}' has '${volumes.length}' volumes. The limit is '${limits.volumes}'.`,
    );
  }
  for (const volume of volumes) checkVolume(name, volume);
  checkAddress(name, properties);
  checkCredentials(name, properties);
}

function checkResources(group: string, { name, properties }: ContainerBody): void {
  const { limits: most, requests } = properties.resources ?? {};
  const where = `container '${name}' in container group '${group}'`;
  if (!requests) {
    throw invalid(
      'ResourceRequestsNotSpecified',
      `The resource requests of ${where} are not specified.`,
    );
  }
  const { cpu, memoryInGB } = requests;
  if (cpu <= 0 || memoryInGB <= 0) {
    throw invalid(
      'InvalidResourceRequests',
      `The resource requests of ${where} are invalid: '${cpu}' CPU '${memoryInGB}' GB memory.`,
    );
  }
  if ((most?.cpu ?? cpu) < cpu || (most?.memoryInGB ?? memoryInGB) < memoryInGB) {
    throw invalid(
      'InvalidResourceLimits',
      `The resource limits of ${where} are below its resource requests.`,
    );
  }
}

function checkVolume(group: string, volume: VolumeBody): void {
  const { azureFile, emptyDir, gitRepo, name, secret, secretReference } = volume;
  if (!names.volume.test(name)) {
    throw invalid(
      'InvalidVolumeName',
      `The volume name '${name}' in container group '${group}' is invalid. It can contain only lowercase letters, numbers and hyphens. The value must be between 5 and 63 characters long.`,
    );
  }
  const kinds = [azureFile, emptyDir, gitRepo, secret, secretReference].filter(Boolean);
  if (kinds.length !== 1) {
    throw invalid(
      'InvalidVolume',
      `The volume '${name}' in container group '${group}' must have exactly one type.`,
    );
  }
  for (const [file, value] of Object.entries(secret ?? {})) {
    if (Buffer.from(value, 'base64').toString('base64') === value) continue;
    throw invalid(
      'InvalidSecretVolume',
      `The secret '${file}' of volume '${name}' in container group '${group}' is not base64.`,
    );
  }
  if (gitRepo?.directory?.includes('..')) {
    throw invalid(
      'InvalidGitRepoDirectory',
      `The directory '${gitRepo.directory}' of volume '${name}' must not contain '..'.`,
    );
  }
}

function checkAddress(group: string, { containers, ipAddress, subnetIds }: GroupProperties): void {
  if (!ipAddress) return;
  const { dnsNameLabel: label, ports, type } = ipAddress;
  if (subnetIds?.length && (type === 'Public' || label !== undefined)) {
    throw invalid(
      'InvalidIpAddressTypeForNetworkProfile',
      `IP address type can not be public and a DNS name label can not be set when the container group '${group}' is in a virtual network.`,
    );
  }
  if (ports.length === 0) {
    throw invalid(
      'MissingIpAddressPorts',
      `The ports in the 'ipAddress' of container group '${group}' cannot be empty.`,
    );
  }
  if (ports.length > limits.ports) {
    throw invalid(
      'TooManyIpAddressPorts',
      `The 'ipAddress' of container group '${group}' has '${ports.length}' ports. The limit is '${limits.ports}'.`,
    );
  }
  const exposed = containers.flatMap((container) => container.properties.ports ?? []);
  const numbers = exposed.map(({ port, protocol = 'TCP' }) => `${port}/${protocol}`);
  const twice = numbers.find((one, index) => numbers.indexOf(one) !== index);
  if (twice !== undefined) {
    throw invalid(
      'DuplicateContainerPorts',
      `The port '${twice}' is used by more than one container of container group '${group}'.`,
    );
  }
  for (const { port } of ports) {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw invalid(
        'InvalidIpAddressPort',
        `The port '${port}' in the 'ipAddress' of container group '${group}' is invalid.`,
      );
    }
    if (isReserved(port)) {
      throw invalid(
        'ReservedIpAddressPort',
        `The port '${port}' in the 'ipAddress' of container group '${group}' is reserved.`,
      );
    }
    if (!exposed.some((one) => one.port === port)) {
      throw invalid(
        'IpAddressPortNotExposed',
        `The port '${port}' in the 'ipAddress' of container group '${group}' is not a port of any container.`,
      );
    }
  }
  if (label !== undefined && !names.label.test(label)) {
    throw invalid(
      'InvalidDnsNameLabel',
      `The DNS name label '${label}' in container group '${group}' is invalid. It can contain only lowercase letters, numbers and hyphens. The first character must be a letter. The last character must be a letter or number. The value must be between 5 and 63 characters long.`,
    );
  }
}

function checkCredentials(group: string, { imageRegistryCredentials = [] }: GroupProperties): void {
  const servers = imageRegistryCredentials.map(({ server }) => server);
  const twice = servers.find((server, index) => servers.indexOf(server) !== index);
  if (twice !== undefined) {
    throw invalid(
      'DuplicateImageRegistryCredentials',
      `The image registry server '${twice}' is used more than once in container group '${group}'.`,
    );
  }
  for (const { identity, password, server, username, ...more } of imageRegistryCredentials) {
    if (identity || (username && (password || 'passwordReference' in more))) continue;
    throw invalid(
      'InvalidImageRegistryCredential',
      `The image registry credential of server '${server}' in container group '${group}' must have a user name and a password, or an identity.`,
    );
  }
}
