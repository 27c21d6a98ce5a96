import { AutoScaling } from "./autoscaling/autoScaling";
import { AUTO_SCALING_VERSION, EC2_VERSION } from "./apiAction";
import { autoScalingActions } from "./autoscaling/api";
import { Clock } from "../runtime/clock";
import {
  createFunctions,
  createGroups,
  createQueues,
  createRules,
  invokeDeployed,
  permissionsOfFunctions,
} from "./createDeployed";
import { deployedInterfaces } from "../deploy/deployedInterfaces";
import { ACCOUNT, type Deployment, subnetById } from "../deploy/engine";
import { Ec2 } from "./ec2/ec2";
import { ec2Actions } from "./ec2/api";
import { createInProcessClients } from "./inProcessClients";
import { type AwsEvent, EventBridge } from "./eventBridge";
import { Faults } from "../faults";
import { Journal, type JournalEntry } from "../views/journal";
import { LambdaFunction, type LambdaServices } from "../runtime/lambda";
import { Random, type RangeMs } from "../runtime/random";
import type { RolePermissions } from "./iam";
import type { Process } from "../runtime/sandbox";
import { SpotMarket } from "./spot";
import type { Queue } from "./sqs";
import { realisticTimings, type Timings } from "../runtime/timings";
import { InFlightRequests } from "../runtime/inFlight";
import { QueryServer, type QueryServerServices } from "./queryServer";
import { bytesOf, readingMs } from "../runtime/responseCost";

/** 2026-01-01T00:00:00Z: every run begins at the same moment. */
const START_MS = 1_767_225_600_000;

/** Where the archive has its SDK clients. */
const CLIENTS_PATH = "dist/clients.js";

const SECOND_MANAGER_PAUSE_MS: RangeMs = [1_000, 60_000];

export interface RegionOptions {
  /** Decides all chance of the run. */
  seed: number;
  timings?: Timings;
  /** What goes wrong; nothing if absent. */
  faults?: (clock: Clock) => Faults;
  /** Whether the function calls AWS by the SDK of its archive or, ten times as fast, without it. */
  clients?: "bundle" | "inProcess";
  /** Whether the function computes for as long as on Lambda to read what AWS answers. */
  responseCost?: boolean;
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
  readonly queues: Map<string, Queue>;
  /** The functions of the stack's managers. */
  lambdas: LambdaFunction[] = [];
  /** What AWS has answered until now to calls that worked, in bytes of its XML. */
  answeredBytes = 0;
  /** Where its EC2 and Auto Scaling answer, for `AWS_ENDPOINT_URL`. */
  endpoint = "";
  /** The key of the pool tag. */
  readonly tagKey: string;
  private readonly services: Omit<LambdaServices, "substitutes">;
  private readonly permissions: RolePermissions;
  readonly wire: QueryServer;
  private failure: Error | undefined;
  private shownSeconds = 0;
  private secondListener: (seconds: number) => Promise<void> = () => Promise.resolve();

  private constructor(
    readonly deployment: Deployment,
    private readonly options: RegionOptions,
  ) {
    const { clock } = this;
    const { seed, timings = realisticTimings, faults, listener } = options;
    this.faults = faults === undefined ? Faults.none(clock) : faults(clock);
    this.tagKey = deployment.tagKey;
    this.journal = new Journal(clock, listener);
    const random = new Random(seed);
    const inFlight = new InFlightRequests();
    const { journal } = this;
    const services = { clock, random, timings, journal, inFlight, faults: this.faults };
    this.services = services;
    this.queues = createQueues(deployment, clock);
    const { region } = deployment;
    this.eventBridge = new EventBridge({ ...services, account: ACCOUNT, region });
    const emit = (event: AwsEvent) => {
      this.eventBridge.emit(event);
    };
    const arnOf = (resource: string, ownerId = ACCOUNT) =>
      `arn:aws:ec2:${region}:${ownerId}:${resource}`;
    const ec2 = (this.ec2 = new Ec2(services));
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
    const versions = new Map<string, number>();
    ec2.onTagChange(({ id, tags }, changedKeys) => {
      const type = id.startsWith("i-") ? "instance" : "network-interface";
      const version = (versions.get(id) ?? 0) + 1;
      versions.set(id, version);
      const which = { "changed-tag-keys": changedKeys, service: "ec2", "resource-type": type };
      emit({
        source: "aws.tag",
        detailType: "Tag Change on Resource",
        resources: [arnOf(`${type}/${id}`)],
        detail: { ...which, version, tags },
      });
    });
    const autoScaling = (this.autoScaling = new AutoScaling({ ...services, ec2, emit }));
    this.spot = new SpotMarket({ ...services, ec2, autoScaling, emit, arnOf });
    this.permissions = permissionsOfFunctions(deployment);
    const subnetOf = (id: string) => subnetById(deployment, id);
    const actions = new Map([
      [EC2_VERSION, ec2Actions({ ...services, ec2, account: ACCOUNT, arnOf, subnetOf })],
      [AUTO_SCALING_VERSION, autoScalingActions(autoScaling, services)],
    ]);
    this.wire = this.createQueryServer(actions);
  }

  private createQueryServer(actions: QueryServerServices["actions"]): QueryServer {
    const { services, permissions: rights } = this;
    return new QueryServer({
      ...services,
      rights,
      actions,
      killFunction: () => {
        this.lambda?.kill();
      },
      freezeFunction: (ms) => {
        services.journal.write("aws", `the function stands still for ${(ms / 1000).toFixed(1)} s`);
        this.lambda?.freeze(ms);
      },
      resumeFunction: (run, workMs) => {
        this.lambda?.resume(run, workMs);
      },
      readingMs: (content) => {
        const bytes = bytesOf(content);
        this.answeredBytes += bytes;
        return this.options.responseCost === true && this.lambda !== undefined
          ? readingMs(bytes, this.lambda.options.memoryMb)
          : 0;
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
      createRules(deployment, region.eventBridge, region.queues);
      region.createFunctions();
      for (const one of deployedInterfaces(deployment)) region.ec2.createNetworkInterface(one);
      createGroups(deployment, region.autoScaling);
      invokeDeployed(deployment, region.lambdas, region.journal);
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
      await this.services.inFlight.settle();
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

  /** The function of the first manager, which most stacks have alone. */
  get lambda(): LambdaFunction | undefined {
    return this.lambdas[0];
  }

  private createFunctions(): void {
    const { endpoint, queues, permissions, faults, deployment } = this;
    const substitutes = new Map([[CLIENTS_PATH, (process: Process) => this.direct(process)]]);
    const services = {
      ...this.services,
      ...(this.options.clients === "inProcess" ? { substitutes } : {}),
    };
    this.lambdas = createFunctions(deployment, { ...services, queues, permissions, endpoint });
    if (this.lambda !== undefined && faults.mayStrike("secondManager"))
      this.keepInvoking(new LambdaFunction(this.lambda.options, services));
  }

  private direct(process: Process): object {
    const { clock, random, journal } = this.services;
    const print = (line: string) => {
      const record = JSON.parse(line) as { message: string };
      if (process.isAlive()) journal.write("manager", record.message, record);
    };
    const bundle = this.deployment.archive.get(CLIENTS_PATH) ?? "";
    return createInProcessClients(bundle, { clock, random, wire: this.wire, process, print });
  }

  /** A manager that nobody coordinates with the other: it wakes up by itself, again and again. */
  private keepInvoking(lambda: LambdaFunction): void {
    const { clock, random } = this.services;
    clock.after(random.between(SECOND_MANAGER_PAUSE_MS), () => {
      const event = { "detail-type": "Scheduled Event", source: "aws.events", detail: {} };
      lambda.invoke(event, () => {
        this.keepInvoking(lambda);
      });
    });
  }
}
