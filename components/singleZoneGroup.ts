import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { DEFAULT_TAG_KEY, LAUNCH_HOOK_NAME, TERMINATE_HOOK_NAME } from "../handler/names";
import { checkFurtherPools, checkGroup, checkName, checkTagKey } from "./checks";
import { refreshPreferences } from "./instanceRefresh";
import { under } from "./mistakes";
import { refusalOf, refuseMistakes } from "./refusals";
import { type AwaitedPool, checkUserData, unknownAddresses, writeUserData } from "./userData";

/** The public parameter that names the current Amazon Linux 2023 image for arm64. */
const DEFAULT_IMAGE_PARAMETER =
  "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64";
export const DEFAULT_INSTANCE_TYPE = "t4g.micro";

/** A launch that got no address in this time is abandoned and tried anew; a heartbeat starts it again. */
const LAUNCH_TIMEOUT_SECONDS = 300;
/** Without a manager a termination is held up by this, no longer. */
const TERMINATE_TIMEOUT_SECONDS = 120;

const DEFAULT_GRACE_PERIOD_SECONDS = 300;
const AMAZON_LINUX_ROOT_DEVICE = "/dev/xvda";

/** What an Auto Scaling group that uses a pool needs to know, beyond the pool itself. */
export interface GroupArgs {
  /**
   * The subnets that instances launch in, all in the pool's Availability Zone; they may be of another VPC
   * of the same account. Changing them moves no instance that runs.
   * @default the pool's own subnet
   * @throws ResourceError when one is in another zone, or two are of different VPCs
   * @example { subnetIds: [managementSubnet.id] } // the instances' own interfaces are there
   */
  subnetIds?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The security groups of the instances' primary interfaces. Changing them replaces the instances by an
   * instance refresh.
   * @default the pool's; in another VPC than the pool's, one of its own that lets nothing in. That one is
   * created with every group that has `subnetIds`, since a preview may not know their VPC.
   * @throws ResourceError when one is of another VPC than the subnets
   */
  securityGroupIds?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The instance type; its architecture must be the image's. Changing it replaces the instances by an
   * instance refresh.
   * @default "t4g.micro"
   */
  instanceType?: pulumi.Input<string>;
  /**
   * The image by id. Changing it replaces the instances by an instance refresh.
   * @default the image that {@link imageParameter} names
   * @throws ResourceError together with `imageParameter`
   */
  imageId?: pulumi.Input<string>;
  /**
   * The name of the Systems Manager parameter that names the image. It is read at every launch, so a
   * replacement starts from the current image while running instances keep theirs.
   * @default the current Amazon Linux 2023 for arm64
   */
  imageParameter?: pulumi.Input<string>;
  /**
   * Instances to run, 0 to `maxSize`. Scaling policies and people may lower or raise it in between, to 0 at
   * least; a refresh of the stack finds that, and the next `up` sets this.
   * @default maxSize
   */
  desiredCapacity?: number;
  /**
   * The most instances, 0 to the interfaces of the pool. Fewer than the pool has leaves spare
   * interfaces, and an instance refresh then launches one first, then terminates one, and so on.
   * @default the interfaces of the pool
   */
  maxSize?: number;
  /**
   * Pools besides the group's own, by name: every instance has one interface of each, at device indexes in
   * this order after the group's own. The manager must know the whole value of the tag, the names parted
   * by commas. Changing it changes the tag of instances launched from then on.
   * @default none
   * @example ["management"]
   * @throws ResourceError when one is there twice
   */
  furtherPools?: string[];
  /**
   * Whether an instance refresh may launch a replacement before it terminates the old instance, where the
   * group's own pool has an interface to spare. Each of its other pools, and a pool that it shares with other
   * groups, then needs one, too, or the two instances wait for each other.
   * @default true; with `furtherPools`, whose sizes the group doesn't know, false
   */
  launchesFirst?: boolean;
  /**
   * The user data as plain text, up to 16,384 bytes. Changing it replaces the instances by an instance refresh.
   * @throws ResourceError when it is longer
   */
  userData?: pulumi.Input<string>;
  /**
   * Whether an instance's user data waits until the pool's address is up, and then writes it to
   * `/run/network-interface-pool.env` for services to read (docs/guest.md). It takes about 7,000 bytes of
   * the user data, and the pool's addresses. Changing it, or them, replaces the instances by an instance refresh.
   * @default false
   * @throws ResourceError when the user data becomes longer than 16,384 bytes
   */
  waitForAddress?: boolean;
  /** The name of an EC2 key pair. */
  keyName?: pulumi.Input<string>;
  /** The instance profile, by name or by ARN. The manager needs no rights on the instance. */
  instanceProfile?: pulumi.Input<string>;
  /**
   * How long a new instance's health is not checked, in seconds.
   * @default 300
   */
  healthCheckGracePeriod?: pulumi.Input<number>;
}

export interface SingleZoneGroupArgs extends GroupArgs {
  /** The pool's name, the value of its tag. */
  poolName: string;
  /** How many interfaces the pool has; absent where they are made on demand, and `maxSize` is given. */
  poolSize?: number;
  /** Whether the group may have more instances than the pool has interfaces. */
  hasStandbys?: boolean;
  /**
   * The addresses of the pool's interfaces, in slot order; by these an instance with `waitForAddress` knows
   * its interface and slot.
   * @default unknown: it waits for the first interface that isn't its primary one, and has no slot
   */
  addresses?: pulumi.Input<string[]>;
  /** @default "network-interface-manager-pool" */
  tagKey?: string;
  /** The subnets the group launches in, all in the Availability Zone of the pool; on demand in those of its subnets. */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Of the instances' primary interfaces. */
  securityGroupIds: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * An Auto Scaling group kept in one Availability Zone, whose launches wait for an address of the pool
 * and whose terminations wait until it is given back.
 *
 * @example new SingleZoneGroup("web", { poolName: "web", poolSize: 3, subnetIds, securityGroupIds })
 */
export class SingleZoneGroup extends pulumi.ComponentResource {
  public readonly group: aws.autoscaling.Group;
  public readonly launchTemplate: aws.ec2.LaunchTemplate;

  constructor(name: string, args: SingleZoneGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("network-interface-pool:index:SingleZoneGroup", name, args, opts);
    const mistakes = [
      ...under("poolName", checkName(args.poolName)),
      ...checkGroup(args, {
        interfaceCount: args.poolSize ?? 0,
        hasStandbys: args.hasStandbys ?? args.poolSize === undefined,
      }),
      ...checkFurtherPools(args, args.poolName),
      ...checkUserData(args, awaitedPoolOf(args)),
      ...checkTagKey(args.tagKey),
    ];
    refuseMistakes(this, mistakes);
    const parent = { parent: this };
    const maxSize = args.maxSize ?? args.poolSize ?? 0;
    const desiredCapacity = args.desiredCapacity ?? maxSize;
    const { poolSize = Infinity, launchesFirst = (args.furtherPools ?? []).length === 0 } = args;
    this.launchTemplate = createLaunchTemplate(name, args, parent);
    this.group = new aws.autoscaling.Group(
      name,
      {
        vpcZoneIdentifiers: args.subnetIds,
        // The group keeps its desired capacity by itself; a floor would only forbid who takes one out to lower it.
        minSize: 0,
        maxSize,
        desiredCapacity,
        healthCheckType: "EC2",
        healthCheckGracePeriod: args.healthCheckGracePeriod ?? DEFAULT_GRACE_PERIOD_SECONDS,
        launchTemplate: {
          id: this.launchTemplate.id,
          version: this.launchTemplate.latestVersion.apply((version) => String(version)),
        },
        // Hooks that came after the group would miss its first instances.
        initialLifecycleHooks: lifecycleHooks,
        instanceRefresh: {
          strategy: "Rolling",
          preferences: refreshPreferences(maxSize, launchesFirst ? poolSize : 0),
        },
        tags: [
          { key: args.tagKey ?? DEFAULT_TAG_KEY, value: poolTagOf(args), propagateAtLaunch: true },
          { key: "Name", value: args.poolName, propagateAtLaunch: true },
        ],
      },
      // AWS reads them at creation only; from then on the resources below keep the hooks in step.
      { ...parent, ignoreChanges: ["initialLifecycleHooks"] },
    );
    for (const hook of lifecycleHooks) {
      new aws.autoscaling.LifecycleHook(
        `${name}-${hook.name}`,
        { autoscalingGroupName: this.group.name, ...hook },
        // On the way down the hooks hold the group's last terminations, too.
        { ...parent, deletedWith: this.group },
      );
    }
    this.registerOutputs({ group: this.group.name });
  }
}

/** The value of the pool tag of a group: its own pool, and the further ones. */
export function poolTagOf({
  poolName,
  furtherPools = [],
}: Pick<SingleZoneGroupArgs, "poolName" | "furtherPools">): string {
  return [poolName, ...furtherPools].join(",");
}

const lifecycleHooks = [
  {
    name: LAUNCH_HOOK_NAME,
    lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
    heartbeatTimeout: LAUNCH_TIMEOUT_SECONDS,
    defaultResult: "ABANDON",
  },
  {
    name: TERMINATE_HOOK_NAME,
    lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
    heartbeatTimeout: TERMINATE_TIMEOUT_SECONDS,
    defaultResult: "CONTINUE",
  },
];

function createLaunchTemplate(
  name: string,
  args: SingleZoneGroupArgs,
  opts: { parent: pulumi.ComponentResource },
): aws.ec2.LaunchTemplate {
  const { keyName, instanceProfile } = args;
  const imageParameter = args.imageParameter ?? DEFAULT_IMAGE_PARAMETER;
  return new aws.ec2.LaunchTemplate(
    name,
    {
      imageId: args.imageId ?? pulumi.interpolate`resolve:ssm:${imageParameter}`,
      instanceType: args.instanceType ?? DEFAULT_INSTANCE_TYPE,
      vpcSecurityGroupIds: args.securityGroupIds,
      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: "required",
        instanceMetadataTags: "enabled",
      },
      blockDeviceMappings: [{ deviceName: rootDeviceName(args, opts), ebs: { encrypted: "true" } }],
      keyName,
      userData: userDataOf(args, opts.parent),
      iamInstanceProfile:
        instanceProfile === undefined
          ? undefined
          : pulumi.output(instanceProfile).apply(byNameOrArn),
    },
    opts,
  );
}

/** A block device mapping must name the root device as the image does, or it adds a second volume. */
function rootDeviceName(
  { imageId, imageParameter }: GroupArgs,
  opts: { parent: pulumi.Resource },
): pulumi.Input<string> {
  if (imageId === undefined && imageParameter === undefined) return AMAZON_LINUX_ROOT_DEVICE;
  const id =
    imageId ?? aws.ssm.getParameterOutput({ name: imageParameter ?? "" }, opts).insecureValue;
  const filters = [{ name: "image-id", values: [id] }];
  return aws.ec2.getAmiOutput({ filters, includeDeprecated: true }, opts).rootDeviceName;
}

/** @throws ResourceError when text that wasn't known before is too long */
function userDataOf(
  args: SingleZoneGroupArgs,
  group: pulumi.ComponentResource,
): pulumi.Output<string> | undefined {
  const { userData, waitForAddress } = args;
  if (userData === undefined && waitForAddress !== true) return undefined;
  const known = waitForAddress === true ? args.addresses : undefined;
  return pulumi.all([userData, known]).apply(([text, addresses]) => {
    const pool = { ...awaitedPoolOf(args), addresses: addresses ?? [] };
    const mistakes = checkUserData({ userData: text, waitForAddress }, pool);
    if (mistakes.length > 0) throw refusalOf(group, mistakes);
    const whole = waitForAddress === true ? writeUserData(pool, text) : (text ?? "");
    return Buffer.from(whole).toString("base64");
  });
}

function awaitedPoolOf(args: SingleZoneGroupArgs): AwaitedPool {
  const { poolName: name, poolSize, tagKey = DEFAULT_TAG_KEY, addresses = [] } = args;
  const known = Array.isArray(addresses) ? addresses : unknownAddresses(poolSize ?? 0);
  return { name, tagKey, addresses: known };
}

function byNameOrArn(profile: string): { arn: string } | { name: string } {
  return profile.startsWith("arn:") ? { arn: profile } : { name: profile };
}
