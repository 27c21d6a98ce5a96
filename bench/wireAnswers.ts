/** What AWS answers about a large pool in sync: all fields that it gives, so that its size is as it really is. */

const ACCOUNT = "123456789012";
const ZONE = "eu-west-1a";
const SUBNET = "subnet-0a1b2c3d4e5f60001";
const VPC = "vpc-0a1b2c3d4e5f60001";
const GROUP_ARN_PREFIX = `arn:aws:autoscaling:eu-west-1:${ACCOUNT}:autoScalingGroup:8a5f6c1e-3b7d-4c55-9d1e-0a1b2c3d4e5f`;
export const MEMBERS_PER_GROUP = 1_000;

export interface Named {
  tagKey: string;
  pool: string;
}

const hex = (number: number) => number.toString(16).padStart(17, "0");
export const instanceIdOf = (number: number) => `i-${hex(number)}`;
export const interfaceIdOf = (number: number) => `eni-${hex(number)}`;
const addressOf = (number: number, network: number) =>
  ["10", network + (number >> 16), (number >> 8) & 255, number & 255].join(".");
const macOf = (number: number, kind: number) =>
  ["06", "5e", kind, number >> 16, (number >> 8) & 255, number & 255]
    .map((part) => (typeof part === "string" ? part : part.toString(16).padStart(2, "0")))
    .join(":");

/** Nested elements; a list is the same element again and again. */
interface Xml {
  [name: string]: Xml | Xml[] | string | number | boolean;
}

function write(content: Xml): string {
  return Object.entries(content)
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one) => {
        const inner = typeof one === "object" ? write(one) : String(one);
        return `<${name}>${inner}</${name}>`;
      }),
    )
    .join("");
}

const tags = (named: Record<string, string>): Xml => ({
  item: Object.entries(named).map(([key, value]) => ({ key, value })),
});

const launchTemplate: Xml = {
  LaunchTemplateId: "lt-0a1b2c3d4e5f60001",
  LaunchTemplateName: "fleet-20260101000000000000000001",
  Version: "3",
};

const securityGroups: Xml = {
  item: { groupId: "sg-0a1b2c3d4e5f60001", groupName: "fleet-20260101000000000000000001" },
};

/** An interface as an instance's description has it: the primary one, or that of the pool. */
function heldInterface(number: number, deviceIndex: number): Xml {
  const address = addressOf(number, deviceIndex === 0 ? 64 : 1);
  const privateDnsName = `ip-${address.replaceAll(".", "-")}.eu-west-1.compute.internal`;
  return {
    networkInterfaceId: deviceIndex === 0 ? `eni-f${hex(number).slice(1)}` : interfaceIdOf(number),
    subnetId: SUBNET,
    vpcId: VPC,
    description: deviceIndex === 0 ? "" : "Address of a pool",
    ownerId: ACCOUNT,
    status: "in-use",
    macAddress: macOf(number, deviceIndex),
    privateIpAddress: address,
    privateDnsName,
    sourceDestCheck: true,
    groupSet: securityGroups,
    attachment: {
      attachmentId: `eni-attach-${deviceIndex}${hex(number).slice(1)}`,
      deviceIndex,
      status: "attached",
      attachTime: "2026-01-01T00:00:00.000Z",
      deleteOnTermination: deviceIndex === 0,
      networkCardIndex: 0,
    },
    privateIpAddressesSet: { item: { privateIpAddress: address, privateDnsName, primary: true } },
    ipv6AddressesSet: "",
    interfaceType: "interface",
    operator: { managed: false },
  };
}

/** What the instances of a group have in common, as far as it is long. */
const alike: Xml = {
  hypervisor: "xen",
  iamInstanceProfile: {
    arn: `arn:aws:iam::${ACCOUNT}:instance-profile/fleet-20260101000000000000000001`,
    id: "AIPA0A1B2C3D4E5F60001",
  },
  ebsOptimized: false,
  enaSupport: true,
  cpuOptions: { coreCount: 1, threadsPerCore: 1 },
  capacityReservationSpecification: { capacityReservationPreference: "open" },
  hibernationOptions: { configured: false },
  enclaveOptions: { enabled: false },
  metadataOptions: {
    state: "applied",
    httpTokens: "required",
    httpPutResponseHopLimit: 2,
    httpEndpoint: "enabled",
    httpProtocolIpv4: "enabled",
    httpProtocolIpv6: "disabled",
    instanceMetadataTags: "disabled",
  },
  maintenanceOptions: { autoRecovery: "default", rebootMigration: "default" },
  currentInstanceBootMode: "uefi",
  bootMode: "uefi",
  platformDetails: "Linux/UNIX",
  usageOperation: "RunInstances",
  usageOperationUpdateTime: "2026-01-01T00:00:00.000Z",
  privateDnsNameOptions: {
    hostnameType: "ip-name",
    enableResourceNameDnsARecord: false,
    enableResourceNameDnsAAAARecord: false,
  },
  networkPerformanceOptions: { bandwidthWeighting: "default" },
  operator: { managed: false },
};

/** One reservation with one instance. */
export function instanceXml(number: number, { tagKey, pool }: Named): string {
  const address = addressOf(number, 64);
  const instance: Xml = {
    instanceId: instanceIdOf(number),
    imageId: "ami-0a1b2c3d4e5f60001",
    instanceState: { code: 16, name: "running" },
    privateDnsName: `ip-${address.replaceAll(".", "-")}.eu-west-1.compute.internal`,
    dnsName: "",
    reason: "",
    keyName: "people",
    amiLaunchIndex: 0,
    productCodes: "",
    instanceType: "m7g.medium",
    launchTime: "2026-01-01T00:00:00.000Z",
    placement: { availabilityZone: ZONE, groupName: "", tenancy: "default" },
    monitoring: { state: "disabled" },
    subnetId: SUBNET,
    vpcId: VPC,
    privateIpAddress: address,
    sourceDestCheck: true,
    groupSet: securityGroups,
    architecture: "arm64",
    rootDeviceType: "ebs",
    rootDeviceName: "/dev/xvda",
    blockDeviceMapping: {
      item: {
        deviceName: "/dev/xvda",
        ebs: {
          volumeId: `vol-${hex(number)}`,
          status: "attached",
          attachTime: "2026-01-01T00:00:01.000Z",
          deleteOnTermination: true,
        },
      },
    },
    virtualizationType: "hvm",
    clientToken: `fleety-8a5f6c1e-3b7d-4c55-9d1e-${hex(number).slice(-12)}`,
    tagSet: tags({
      Name: pool,
      [tagKey]: pool,
      "aws:autoscaling:groupName": groupNameOf(number),
      "aws:ec2launchtemplate:id": "lt-0a1b2c3d4e5f60001",
      "aws:ec2launchtemplate:version": "3",
      "aws:ec2:fleet-id": `fleet-8a5f6c1e-3b7d-4c55-9d1e-${hex(number).slice(-12)}`,
    }),
    networkInterfaceSet: { item: [heldInterface(number, 0), heldInterface(number, 1)] },
    ...alike,
  };
  const item = {
    reservationId: `r-${hex(number)}`,
    ownerId: ACCOUNT,
    groupSet: "",
    instancesSet: { item: instance },
    requesterId: "722737459838",
  };
  return write({ item });
}

/** One interface of the pool. */
export function interfaceXml(number: number, { tagKey, pool }: Named): string {
  const { attachment, ...held } = heldInterface(number, 1);
  const item = {
    ...held,
    availabilityZone: ZONE,
    availabilityZoneId: "euw1-az1",
    requesterManaged: false,
    attachment: {
      ...(attachment as Xml),
      instanceId: instanceIdOf(number),
      instanceOwnerId: ACCOUNT,
    },
    tagSet: tags({ Name: `${pool}-${number}`, [tagKey]: pool, Project: "network-interface-pool" }),
    denyAllIgwTraffic: false,
  };
  return write({ item });
}

const groupNameOf = (number: number) => `fleet-${Math.floor(number / MEMBERS_PER_GROUP)}`;

function memberXml(number: number): Xml {
  return {
    InstanceId: instanceIdOf(number),
    InstanceType: "m7g.medium",
    AvailabilityZone: ZONE,
    LifecycleState: "InService",
    HealthStatus: "Healthy",
    LaunchTemplate: launchTemplate,
    ProtectedFromScaleIn: false,
  };
}

/** One group with its members, whose numbers follow each other. */
export function groupXml(from: number, to: number, { tagKey, pool }: Named): string {
  const name = groupNameOf(from);
  const size = to - from;
  const tag = { ResourceId: name, ResourceType: "auto-scaling-group", PropagateAtLaunch: true };
  const member: Xml = {
    AutoScalingGroupName: name,
    AutoScalingGroupARN: `${GROUP_ARN_PREFIX}:autoScalingGroupName/${name}`,
    LaunchTemplate: launchTemplate,
    MinSize: 0,
    MaxSize: size,
    DesiredCapacity: size,
    DefaultCooldown: 300,
    AvailabilityZones: { member: ZONE },
    LoadBalancerNames: "",
    TargetGroupARNs: "",
    HealthCheckType: "EC2",
    HealthCheckGracePeriod: 60,
    Instances: { member: Array.from({ length: size }, (_, index) => memberXml(from + index)) },
    CreatedTime: "2026-01-01T00:00:00.000Z",
    SuspendedProcesses: "",
    VPCZoneIdentifier: SUBNET,
    EnabledMetrics: "",
    Tags: { member: [{ ...tag, Key: tagKey, Value: pool }] },
    TerminationPolicies: { member: "Default" },
    NewInstancesProtectedFromScaleIn: false,
    ServiceLinkedRoleARN: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
    TrafficSources: "",
  };
  return write({ member });
}
