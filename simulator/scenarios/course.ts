import type { Instance, InstanceState } from "../aws/ec2/ec2";
import { activeMembers, type Group, type LifecycleState } from "../aws/autoscaling/group";
import { PATIENCE_SECONDS, QUIET_SECONDS, waitUntilServed } from "./steps";
import type { Scenario, Stage } from "./basic";

/** A scenario of the life of a group or an instance, and what becomes of the address in it. */
export interface LifeScenario extends Scenario {
  /** What happens to the address, in words for people. */
  address: string;
}

/** An address that came on an instance or off it, and how the instance stood at that moment. */
interface Move {
  kind: "attached" | "detached";
  address: string;
  instanceId: string;
  atSeconds: number;
  state: InstanceState | undefined;
  lifecycleState: LifecycleState | undefined;
}

/** Makes a scenario of its operations: they begin when all are served, and what they led to must last. */
export function lifeScenario(
  description: string,
  address: string,
  operations: (course: Course) => Promise<void>,
): LifeScenario {
  return {
    description,
    address,
    async play(stage) {
      const faults = await waitUntilServed(stage);
      const course = new Course(stage);
      await operations(course);
      await stage.region.run(QUIET_SECONDS);
      return [...faults, ...course.faults];
    },
  };
}

/** What becomes of the addresses while operations are done, beside what is expected of them. */
export class Course {
  readonly faults: string[] = [];
  private moves: Move[] = [];

  constructor(readonly stage: Stage) {
    const { region } = stage;
    region.ec2.onChange((change) => {
      if (change.kind === "instance") return;
      const { networkInterface, instanceId, kind } = change;
      if (!(region.tagKey in networkInterface.tags)) return;
      this.moves.push({
        kind,
        address: networkInterface.address,
        instanceId,
        atSeconds: region.seconds,
        state: region.ec2.instances.get(instanceId)?.state,
        lifecycleState: this.lifecycleStateOf(instanceId),
      });
    });
  }

  get ec2() {
    return this.stage.region.ec2;
  }

  get autoScaling() {
    return this.stage.region.autoScaling;
  }

  /** The group of a pool of the stack. */
  group(pool: "licence" | "cluster"): Group {
    const { groups } = this.autoScaling;
    const found = [...groups.values()].find(({ tags }) => tags[this.stage.region.tagKey] === pool);
    if (found === undefined)
      throw new Error(
        `the stack has no group of the pool ${pool}; this scenario plays Pulumi.dev.yaml as it came`,
      );
    return found;
  }

  /** The group's member that has been in service for longest, and its address. */
  oldest(group: Group): { instance: Instance; address: string } {
    const instance = activeMembers(group)[0]?.instance;
    const address = this.stage.addressHistory.addressOf(instance?.id ?? "");
    if (instance === undefined || address === undefined) {
      throw new Error(`${group.name} has nobody with an address`);
    }
    return { instance, address };
  }

  /** Launches an instance outside of any group and waits until it has what it is to have. */
  async launchAlone(pool: string | undefined): Promise<Instance> {
    const { region } = this.stage;
    const { instanceType, subnets } = this.group("cluster");
    const [subnet] = subnets;
    if (subnet === undefined) throw new Error("the group has no subnet");
    const tags: Record<string, string> = pool === undefined ? {} : { [region.tagKey]: pool };
    const instance = region.ec2.runInstance(instanceType, subnet, tags);
    this.say(`launches ${instance.id} outside of any group`);
    await this.until(`${instance.id} runs`, () => instance.state === "running");
    await this.untilServed();
    return instance;
  }

  /** Does something as a person would, after which the addresses are watched anew. */
  say(operation: string): void {
    this.moves = [];
    this.stage.region.journal.write("operator", operation);
  }

  lifecycleStateOf(instanceId: string): LifecycleState | undefined {
    const groups = [...this.autoScaling.groups.values()];
    const found = groups.find(({ members }) => members.has(instanceId));
    return found?.members.get(instanceId)?.lifecycleState;
  }

  async run(seconds: number): Promise<void> {
    await this.stage.region.run(seconds);
  }

  async until(
    what: string,
    isDone: () => boolean,
    patienceSeconds = PATIENCE_SECONDS,
  ): Promise<void> {
    if (await this.stage.region.run(patienceSeconds, isDone)) return;
    this.faults.push(`it didn't come about in ${patienceSeconds} s that ${what}`);
  }

  async untilServed(): Promise<void> {
    this.faults.push(...(await waitUntilServed(this.stage)));
  }

  async untilIn(instance: Instance, lifecycleState: LifecycleState): Promise<void> {
    await this.until(
      `${instance.id} is ${lifecycleState}`,
      () => this.lifecycleStateOf(instance.id) === lifecycleState,
    );
  }

  expect(isTrue: boolean, what: string): void {
    if (!isTrue) this.faults.push(`it isn't so that ${what}`);
  }

  expectHolder(address: string, { id }: Instance): void {
    const holder = this.stage.addressHistory.holderOf(address);
    this.expect(holder === id, `${id} holds ${address} (${holder ?? "nobody"} does)`);
  }

  /** Expects that no address has come on or off since the last operation. */
  expectNoMoves(): void {
    for (const { kind, address, instanceId, atSeconds } of this.moves) {
      const when = `at ${atSeconds.toFixed(1)} s`;
      this.faults.push(`nothing was to move, but ${address} was ${kind} (${instanceId}) ${when}`);
    }
  }

  /** Expects that the address came off its holder while that stood so. */
  expectRelease(
    address: string,
    { id }: Instance,
    states: InstanceState[],
    lifecycleState?: LifecycleState,
  ): void {
    const move = this.moves.find(
      (one) => one.kind === "detached" && one.address === address && one.instanceId === id,
    );
    if (move === undefined) {
      this.faults.push(`${address} didn't come off ${id}`);
      return;
    }
    const isAsTold = move.state !== undefined && states.includes(move.state);
    this.expect(isAsTold, `${id} was ${states.join(" or ")} when ${address} came off`);
    if (lifecycleState === undefined) return;
    const found = `${id} was ${lifecycleState} when ${address} came off`;
    this.expect(move.lifecycleState === lifecycleState, `${found} (${move.lifecycleState})`);
  }

  /** Expects that somebody else than before holds the address. */
  expectSuccessor(address: string, { id }: Instance): void {
    const holder = this.stage.addressHistory.holderOf(address);
    this.expect(
      holder !== undefined && holder !== id,
      `another than ${id} holds ${address} (${holder ?? "nobody"} does)`,
    );
  }

  /** Expects that an instance was given an address while its member stood so. */
  expectGiven({ id }: Instance, lifecycleStates: LifecycleState[]): void {
    const move = this.moves.find((one) => one.kind === "attached" && one.instanceId === id);
    const found = move?.lifecycleState;
    this.expect(
      found !== undefined && lifecycleStates.includes(found),
      `${id} was given its address at ${lifecycleStates.join(" or ")} (${found ?? "never"})`,
    );
  }

  expectWithout({ id }: Instance): void {
    const held = this.ec2.interfacesOf(id).filter(({ tags }) => this.stage.region.tagKey in tags);
    this.expect(held.length === 0, `${id} has no address (${held.length})`);
  }

  /** For how long a member stood somewhere on its way, in seconds, each time. */
  secondsIn({ id }: Instance, lifecycleState: LifecycleState): number[] {
    const states = this.stage.region.journal.entries.filter(
      ({ facts }) => facts?.instanceId === id && facts.lifecycleState !== undefined,
    );
    return states.flatMap(({ facts, atMs }, index) => {
      const nextMs = states[index + 1]?.atMs;
      const isIt = facts?.lifecycleState === lifecycleState && nextMs !== undefined;
      return isIt ? [(nextMs - atMs) / 1000] : [];
    });
  }

  /** Expects that a lifecycle action was answered each time, and not left to its time-out. */
  expectAnswered(
    instance: Instance,
    lifecycleState: LifecycleState,
    times: number,
    withinSeconds: number,
  ): void {
    const waits = this.secondsIn(instance, lifecycleState);
    const found = waits.map((seconds) => seconds.toFixed(1)).join(", ");
    this.expect(
      waits.length === times && waits.every((seconds) => seconds <= withinSeconds),
      `${instance.id} waited ${times} times at ${lifecycleState}, for ${withinSeconds} s at most (${found})`,
    );
  }
}
