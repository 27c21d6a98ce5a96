import { AutoScaling } from "./autoscaling/autoScaling";
import { AUTO_SCALING_VERSION, autoScalingActions } from "./autoscaling/api";
import { NotModelled } from "./awsError";
import { Clock } from "../runtime/clock";
import { deployedInterfaces } from "../deploy/deployedInterfaces";
import {
  ACCOUNT,
  type DeployedResource,
  type Deployment,
  resourcesOfType,
  subnetById,
} from "../deploy/engine";
import { Ec2, type Tags } from "./ec2/ec2";
import { EC2_VERSION, ec2Actions } from "./ec2/api";
import { createInProcessClients } from "./inProcessClients";
import { type AwsEvent, EventBridge } from "./eventBridge";
import { Faults } from "../faults";
import type { LifecycleHook, RefreshPreferences, Transition } from "./autoscaling/group";
import { Journal, type JournalEntry } from "../views/journal";
import { EventSourceMapping, LambdaFunction } from "../runtime/lambda";
import { Random, type RangeMs } from "../runtime/random";
import { RolePermissions } from "./iam";
import type { Process } from "../runtime/sandbox";
import { SpotMarket } from "./spot";
import { Queue } from "./sqs";
import { realisticTimings, type Timings } from "../runtime/timings";
import { InFlightRequests } from "../runtime/inFlight";
import { QueryServer } from "./queryServer";

/** 2026-01-01T00:00:00Z: every run begins at the same moment. */
const START_MS = 1_767_225_600_000;

/** Where the archive has its SDK clients. */
const CLIENTS_PATH = "dist/clients.js";

const SECOND_MANAGER_PAUSE_MS: RangeMs = [1_000, 60_000];

const DEFAULT_VISIBILITY_TIMEOUT_SECONDS = 30;

export interface RegionOptions {
  /** Decides all chance of the run. */
  seed: number;
  timings?: Timings;
  /** What goes wrong; nothing if absent. */
  faults?: (clock: Clock) => Faults;
  /** Whether the function calls AWS by the SDK of its archive or, ten times as fast, without it. */
  clients?: "bundle" | "inProcess";
  /** Is told everything that happens, as it happens. */
  listener?: (entry: JournalEntry) => void;
}

/**
 * One Region of Amazon's in one process, with what a program deployed into it, on a virtual clock.
 * The same deployment and seed give the same journal, byte for byte.
 */
export class Region {
  readonly clock = new Clock(START_MS);
  readonly ec2: Ec2;
  readonly autoScaling: AutoScaling;
  readonly spot: SpotMarket;
  readonly eventBridge: EventBridge;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly queues = new Map<string, Queue>();
  lambda: LambdaFunction | undefined;
  /** Where its EC2 and Auto Scaling answer, for `AWS_ENDPOINT_URL`. */
  endpoint = "";
  /** The key of the pool tag. */
  readonly tagKey: string;
  private readonly random: Random;
  private readonly timings: Timings;
  private readonly isInProcess: boolean;
  private readonly inFlight = new InFlightRequests();
  private readonly rights: RolePermissions;
  readonly wire: QueryServer;
  private failure: Error | undefined;
  private shownSeconds = 0;
  private secondListener: (seconds: number) => Promise<void> = () => Promise.resolve();

  private constructor(
    readonly deployment: Deployment,
    { seed, timings = realisticTimings, faults, clients, listener }: RegionOptions,
  ) {
    const { clock, inFlight } = this;
    this.isInProcess = clients === "inProcess";
    this.faults = faults === undefined ? Faults.none(clock) : faults(clock);
    this.timings = timings;
    this.tagKey = deployment.tagKey;
    const random = (this.random = new Random(seed));
    const journal = (this.journal = new Journal(clock, listener));
    const common = { clock, random, timings, journal, inFlight, faults: this.faults };
    const region = deployment.region;
    this.eventBridge = new EventBridge({ ...common, account: ACCOUNT, region });
    const emit = (event: AwsEvent) => {
      this.eventBridge.emit(event);
    };
    const arnOf = (resource: string, ownerId?: string) => this.arn("ec2", resource, ownerId);
    const ec2 = (this.ec2 = new Ec2(common));
    ec2.onChange((change) => {
      if (change.kind !== "instance") return;
      const { id, state } = change.instance;
      emit({
        source: "aws.ec2",
        detailType: "EC2 Instance State-change Notification",
        resources: [arnOf(`instance/${id}`)],
        detail: { "instance-id": id, state },
      });
    });
    const autoScaling = (this.autoScaling = new AutoScaling({ ...common, ec2, emit }));
    this.spot = new SpotMarket({ ...common, ec2, autoScaling, emit, arnOf });
    this.rights = new RolePermissions(ACCOUNT, this.policiesOfFunction());
    this.wire = new QueryServer({
      ...common,
      rights: this.rights,
      actions: new Map([
        [EC2_VERSION, ec2Actions(ec2, arnOf, (id) => subnetById(deployment, id), common)],
        [AUTO_SCALING_VERSION, autoScalingActions(autoScaling, common)],
      ]),
      killFunction: () => {
        this.lambda?.kill();
      },
      freezeFunction: (ms) => {
        journal.write("aws", `the function stands still for ${(ms / 1000).toFixed(1)} s`);
        this.lambda?.freeze(ms);
      },
      resumeFunction: (run) => {
        this.lambda?.resume(run);
      },
      fail: (error) => {
        this.failure ??= error;
      },
    });
  }

  /** Opens a Region that holds what was deployed; to be closed after use. */
  static async open(deployment: Deployment, options: RegionOptions): Promise<Region> {
    const region = new Region(deployment, options);
    region.endpoint = await region.wire.listen();
    try {
      region.createQueues();
      region.createRules();
      region.createFunction();
      for (const one of deployedInterfaces(deployment)) region.ec2.createNetworkInterface(one);
      region.createGroups();
    } catch (error) {
      await region.close();
      throw error;
    }
    return region;
  }

  async close(): Promise<void> {
    await this.wire.close();
  }

  /**
   * Lets time go by, until something is true or a time is up.
   *
   * @param isDone asked whenever something has happened
   * @returns whether it came true
   * @throws what the simulator doesn't model, as soon as it is asked for
   */
  async run(limitSeconds: number, isDone: () => boolean = () => false): Promise<boolean> {
    const untilMs = this.clock.nowMs + limitSeconds * 1000;
    for (;;) {
      await this.inFlight.settle();
      this.wire.accept();
      if (this.failure !== undefined) throw this.failure;
      if (isDone()) return true;
      for (; this.shownSeconds < Math.floor(this.seconds); this.shownSeconds += 1) {
        await this.secondListener(this.shownSeconds + 1);
      }
      if (!(await this.clock.step(untilMs))) return false;
    }
  }

  /** Calls back for every virtual second that has gone by. */
  onSecond(listener: (seconds: number) => Promise<void>): void {
    this.secondListener = listener;
  }

  /** Seconds since the run began. */
  get seconds(): number {
    return (this.clock.nowMs - START_MS) / 1000;
  }

  private arn(service: string, resource: string, account = ACCOUNT): string {
    return `arn:aws:${service}:${this.deployment.region}:${account}:${resource}`;
  }

  private resourcesOf(type: string): DeployedResource[] {
    return resourcesOfType(this.deployment, type);
  }

  private policiesOfFunction(): string[] {
    const [lambda] = this.resourcesOf("aws:lambda/function:Function");
    const role = this.resourcesOf("aws:iam/role:Role").find(
      ({ outputs }) => outputs.arn === lambda?.inputs.role,
    );
    return this.resourcesOf("aws:iam/rolePolicy:RolePolicy")
      .filter(({ inputs }) => inputs.role === role?.id)
      .map(({ inputs }) => String(inputs.policy));
  }

  private createQueues(): void {
    const policies = this.resourcesOf("aws:sqs/queuePolicy:QueuePolicy");
    for (const { id: url, inputs, outputs } of this.resourcesOf("aws:sqs/queue:Queue")) {
      const arn = String(outputs.arn);
      const policy = policies.find((candidate) => candidate.inputs.queueUrl === url);
      const visibility = inputs.visibilityTimeoutSeconds ?? DEFAULT_VISIBILITY_TIMEOUT_SECONDS;
      const options = { arn, url, visibilityTimeoutSeconds: Number(visibility) };
      const text = policy && String(policy.inputs.policy);
      this.queues.set(arn, new Queue({ ...options, policy: text }, this.clock));
    }
    for (const { inputs, outputs } of this.resourcesOf("aws:sqs/queue:Queue")) {
      if (inputs.redrivePolicy === undefined) continue;
      const redrive = JSON.parse(inputs.redrivePolicy as string) as {
        deadLetterTargetArn: string;
        maxReceiveCount: number;
      };
      const queue = this.queueByArn(redrive.deadLetterTargetArn);
      const { maxReceiveCount } = redrive;
      this.queueByArn(outputs.arn).options.deadLetters = { queue, maxReceiveCount };
    }
  }

  private queueByArn(arn: unknown): Queue {
    const queue = this.queues.get(String(arn));
    if (queue === undefined) throw new NotModelled(`the target ${String(arn)}, which is no queue`);
    return queue;
  }

  private createRules(): void {
    for (const { inputs, outputs } of this.resourcesOf("aws:cloudwatch/eventRule:EventRule")) {
      this.eventBridge.addRule({
        name: String(outputs.name),
        arn: String(outputs.arn),
        eventPattern: inputs.eventPattern as string | undefined,
        scheduleExpression: inputs.scheduleExpression as string | undefined,
      });
    }
    for (const { inputs } of this.resourcesOf("aws:cloudwatch/eventTarget:EventTarget")) {
      const { messageGroupId } = inputs.sqsTarget as { messageGroupId: string };
      const undelivered = inputs.deadLetterConfig as { arn: string } | undefined;
      this.eventBridge.addTarget({
        ruleName: String(inputs.rule),
        queue: this.queueByArn(inputs.arn),
        messageGroupId,
        undelivered: undelivered && this.queueByArn(undelivered.arn),
      });
    }
  }

  private createFunction(): void {
    const { clock, random, timings, journal, inFlight, faults } = this;
    const substitutes = new Map([[CLIENTS_PATH, (process: Process) => this.direct(process)]]);
    const common = { clock, random, timings, journal, inFlight, faults };
    const services = { ...common, ...(this.isInProcess ? { substitutes } : {}) };
    for (const { inputs, outputs } of this.resourcesOf("aws:lambda/function:Function")) {
      const { variables } = inputs.environment as { variables: Record<string, string> };
      const options = {
        name: String(outputs.name),
        handler: String(inputs.handler),
        archive: this.deployment.archive,
        environment: {
          AWS_REGION: this.deployment.region,
          AWS_ACCESS_KEY_ID: "AKIASIMULATED",
          AWS_SECRET_ACCESS_KEY: "simulated",
          AWS_ENDPOINT_URL: this.endpoint,
          ...variables,
        },
        timeoutSeconds: Number(inputs.timeout),
        memoryMb: Number(inputs.memorySize),
      };
      const lambda = (this.lambda = new LambdaFunction(options, services));
      for (const mapping of this.resourcesOf("aws:lambda/eventSourceMapping:EventSourceMapping")) {
        if (mapping.inputs.functionName !== outputs.arn) continue;
        const queue = this.queueByArn(mapping.inputs.eventSourceArn);
        const batchSize = Number(mapping.inputs.batchSize);
        const region = this.deployment.region;
        new EventSourceMapping(queue, lambda, batchSize, this.rights, { ...services, region });
      }
      if (faults.mayStrike("secondManager"))
        this.keepInvoking(new LambdaFunction(options, services));
    }
  }

  private direct(process: Process): object {
    const { clock, random, journal, wire } = this;
    const print = (line: string) => {
      const record = JSON.parse(line) as { message: string };
      if (process.isAlive()) journal.write("manager", record.message, record);
    };
    return createInProcessClients({ clock, random, wire, process, print });
  }

  /** A manager that nobody coordinates with the other: it wakes up by itself, again and again. */
  private keepInvoking(lambda: LambdaFunction): void {
    this.clock.after(this.random.between(SECOND_MANAGER_PAUSE_MS), () => {
      const event = { "detail-type": "Scheduled Event", source: "aws.events", detail: {} };
      lambda.invoke(event, () => {
        this.keepInvoking(lambda);
      });
    });
  }

  private createGroups(): void {
    for (const { inputs, outputs } of this.resourcesOf("aws:autoscaling/group:Group")) {
      const name = String(outputs.name);
      const { id } = inputs.launchTemplate as { id: string };
      const template = this.resourcesOf("aws:ec2/launchTemplate:LaunchTemplate").find(
        (candidate) => candidate.id === id,
      );
      const subnetIds = inputs.vpcZoneIdentifiers as string[];
      const tags = inputs.tags as { key: string; value: string; propagateAtLaunch: boolean }[];
      const toTags = (list: typeof tags): Tags =>
        Object.fromEntries(list.map(({ key, value }) => [key, value]));
      this.autoScaling.createGroup({
        name,
        arn: String(outputs.arn),
        subnets: subnetIds.map((subnetId) => subnetById(this.deployment, subnetId)),
        minSize: Number(inputs.minSize),
        maxSize: Number(inputs.maxSize),
        desiredCapacity: Number(inputs.desiredCapacity),
        instanceType: String(template?.inputs.instanceType),
        tags: toTags(tags),
        propagatedTags: toTags(tags.filter(({ propagateAtLaunch }) => propagateAtLaunch)),
        hooks: (inputs.initialLifecycleHooks as Fields[]).map((hook) => toHook(hook)),
        refreshPreferences: toRefreshPreferences(inputs),
      });
    }
  }
}

type Fields = Record<string, unknown>;

function toRefreshPreferences({
  instanceRefresh,
  healthCheckGracePeriod,
}: Fields): RefreshPreferences | undefined {
  const { preferences } = (instanceRefresh ?? {}) as { preferences?: Fields };
  if (preferences === undefined) return undefined;
  const { minHealthyPercentage, maxHealthyPercentage, instanceWarmup } = preferences;
  return {
    minHealthyPercentage: Number(minHealthyPercentage),
    maxHealthyPercentage: Number(maxHealthyPercentage),
    instanceWarmupSeconds: Number(instanceWarmup ?? healthCheckGracePeriod),
  };
}

function toHook(hook: Fields): LifecycleHook {
  return {
    name: String(hook.name),
    transition: hook.lifecycleTransition as Transition,
    heartbeatTimeoutSeconds: Number(hook.heartbeatTimeout),
    defaultResult: String(hook.defaultResult),
  };
}
