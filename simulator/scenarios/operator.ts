import type { AddressHistory } from "../checkers/addressHistory";
import { ExpectedState } from "../checkers/expectedState";
import { findUnmet, isConverged, QUIET_SECONDS, RECOVERY_SECONDS } from "../checkers/liveness";
import type { Instance, InstanceState, NetworkInterface } from "../aws/ec2/state";
import { activeMembers, type Group, type LifecycleState } from "../aws/autoscaling/group";
import type { Region } from "../aws/region";

/** How soon the manager answers a lifecycle action that asks nothing else of it. */
const AT_ONCE_SECONDS = 15;

/** Where a scenario is played. */
export interface Stage {
  region: Region;
  addressHistory: AddressHistory;
}

/** An address that was attached or detached. */
interface Move {
  kind: "attached" | "detached";
  address: string;
  instanceId: string;
  atSeconds: number;
  state: InstanceState | undefined;
  lifecycleState: LifecycleState | undefined;
}

/** Is thrown where the rest of a scenario makes no sense any more; why is among the faults. */
export class GivenUp extends Error {}

/** Does the steps of a scenario: operations as a person would, waiting, and expectations. */
export class Operator {
  /** What went wrong, in words. */
  readonly faults: string[] = [];
  private moves: Move[] = [];
  private quietAtSeconds: number | undefined;
  private readonly state: ExpectedState;

  readonly region: Region;
  readonly ec2: Region["ec2"];
  readonly autoScaling: Region["autoScaling"];
  readonly addressHistory: AddressHistory;

  constructor({ region, addressHistory }: Stage) {
    const { ec2, autoScaling, tagKey } = region;
    this.region = region;
    this.ec2 = ec2;
    this.autoScaling = autoScaling;
    this.addressHistory = addressHistory;
    this.state = new ExpectedState(region);
    ec2.onChange((change) => {
      if (change.kind === "instance" || !(tagKey in change.networkInterface.tags)) return;
      const { networkInterface, instanceId, kind } = change;
      this.moves.push({
        kind,
        address: networkInterface.address,
        instanceId,
        atSeconds: region.seconds,
        state: ec2.instances.get(instanceId)?.state,
        lifecycleState: this.lifecycleStateOf(instanceId),
      });
    });
  }

  /** What the next steps need; the scenario ends where there is none. */
  need<Value>(value: Value | undefined, fault: string): Value {
    if (value !== undefined) return value;
    this.faults.push(fault);
    throw new GivenUp(fault);
  }

  /** The group whose instances are of a pool. */
  group(pool: string): Group {
    const groups = [...this.autoScaling.groups.values()];
    return this.need(
      groups.find(({ tags }) => tags[this.region.tagKey] === pool),
      `the stack has no group of the pool ${pool}; this scenario plays Pulumi.dev.yaml as it came`,
    );
  }

  /** The member of a pool's group that has been in service for longest, and its address. */
  oldest(pool: string): { group: Group; instance: Instance; address: string } {
    const group = this.group(pool);
    const instance = this.need(activeMembers(group)[0]?.instance, `${group.name} has no member`);
    return { group, instance, address: this.addressOf(instance) };
  }

  addressOf({ id }: Instance): string {
    return this.need(this.addressHistory.addressOf(id), `${id} has no address`);
  }

  /** The interfaces of pools that an instance has. */
  interfacesOf(instanceId: string): NetworkInterface[] {
    return this.ec2.interfacesOf(instanceId).filter(({ tags }) => this.region.tagKey in tags);
  }

  /** The running instance that has an interface. */
  runningHolderOf({ attachment }: NetworkInterface): Instance | undefined {
    const holder = this.ec2.instances.get(attachment?.instanceId ?? "");
    return holder?.state === "running" ? holder : undefined;
  }

  lifecycleStateOf(instanceId: string): LifecycleState | undefined {
    const groups = [...this.autoScaling.groups.values()];
    return groups.find(({ members }) => members.has(instanceId))?.members.get(instanceId)
      ?.lifecycleState;
  }

  /** Writes down an operation, after which moves of addresses are counted anew. */
  say(operation: string): void {
    this.moves = [];
    this.region.journal.write("operator", operation);
  }

  setSize({ name }: Group, desiredCapacity: number): void {
    this.say(`sets ${name} to ${desiredCapacity} instances`);
    this.autoScaling.setDesiredCapacity(name, desiredCapacity);
  }

  /** Launches an instance outside of any group, with the tag of a pool if there is one, and waits for it. */
  async launchAlone(pool?: string): Promise<Instance> {
    const { instanceType, subnets } = this.group("cluster");
    const subnet = this.need(subnets[0], "the group has no subnet");
    const tags: Record<string, string> = pool === undefined ? {} : { [this.region.tagKey]: pool };
    const instance = this.ec2.runInstance(instanceType, subnet, tags);
    this.say(`launches ${instance.id} outside of any group`);
    await this.untilState(instance, "running");
    await this.untilServed();
    return instance;
  }

  /** Starts an instance that was stopped, and waits until it has its address. */
  async startAgain(instance: Instance): Promise<void> {
    this.ec2.startInstance(instance.id);
    await this.untilState(instance, "running");
    await this.untilServed();
  }

  /** Kills a member of a group without spare addresses; another must have its address in the end. */
  async killOne(): Promise<void> {
    const victim = this.need(
      this.memberWithoutSpare(),
      "no group of the stack is without spare addresses, which this scenario needs; that isn't wrong: play another one",
    );
    const address = this.need(this.addressHistory.addressOf(victim.id), "there is nobody to kill");
    this.say(`kills ${victim.id}, which has ${address}`);
    this.ec2.terminateInstance(victim.id);
    const isReplaced = () =>
      ![undefined, victim.id].includes(this.addressHistory.holderOf(address));
    await this.until(`another instance than ${victim.id} to hold ${address}`, isReplaced);
    await this.untilServed();
    await this.staysQuiet();
  }

  private memberWithoutSpare(): Instance | undefined {
    const isTight = (pool: string, size: number) =>
      this.addressHistory.records.filter((record) => record.pool === pool).length === size;
    const tight = [...this.autoScaling.groups.values()].find((group) =>
      this.state.poolsOf(group).every((pool) => isTight(pool, group.desiredCapacity)),
    );
    return tight && [...tight.members.values()][0]?.instance;
  }

  async run(seconds: number): Promise<void> {
    await this.region.run(seconds);
  }

  /** Waits for two rounds of the schedule, unless that is what has just been done. */
  async staysQuiet(): Promise<void> {
    if (this.quietAtSeconds === this.region.seconds) return;
    await this.run(QUIET_SECONDS);
    this.quietAtSeconds = this.region.seconds;
  }

  /** Waits until something is so; `what` goes on from "expected". */
  async until(
    what: string,
    isSo: () => boolean,
    patienceSeconds = RECOVERY_SECONDS,
  ): Promise<void> {
    const cameTrue = await this.region.run(patienceSeconds, isSo);
    this.expect(cameTrue, `${what} within ${patienceSeconds} s`);
  }

  async untilState(instance: Instance, state: InstanceState): Promise<void> {
    await this.until(`${instance.id} to be ${state}`, () => instance.state === state);
  }

  async untilIn({ id }: Instance, lifecycleState: LifecycleState): Promise<void> {
    const isThere = () => this.lifecycleStateOf(id) === lifecycleState;
    await this.until(`${id} to be in ${lifecycleState}`, isThere);
  }

  /** Waits until an instance is no member any more and its group is whole. */
  async untilReplaced({ id }: Instance): Promise<void> {
    await this.until(`${id} to leave its group`, () => this.lifecycleStateOf(id) === undefined);
    await this.untilServed();
  }

  /** Waits until all is as promised. */
  async untilServed(): Promise<void> {
    const { region, state } = this;
    await this.until("all to be served", () => isConverged(region, state));
    this.faults.push(...findUnmet(region, state).map(({ text }) => text));
  }

  /** Notes a fault unless something is so; `what` goes on from "expected". */
  expect(isSo: boolean, what: string): boolean {
    if (!isSo) this.faults.push(`expected ${what}`);
    return isSo;
  }

  expectHolder(address: string, { id }: Instance): void {
    const holder = this.addressHistory.holderOf(address);
    this.expect(holder === id, `${id} to hold ${address}, but ${holder ?? "nobody"} does`);
  }

  /** Expects that somebody else than before holds the address. */
  expectSuccessor(address: string, { id }: Instance): void {
    const holder = this.addressHistory.holderOf(address);
    const isOther = holder !== undefined && holder !== id;
    this.expect(isOther, `another than ${id} to hold ${address}, but ${holder ?? "nobody"} does`);
  }

  expectNoAddress({ id }: Instance): void {
    const { length } = this.interfacesOf(id);
    this.expect(length === 0, `${id} to have no address, but it has ${length}`);
  }

  /** Expects that an address, or any, was neither attached nor detached since the last operation. */
  expectNoMoves(only?: string): void {
    for (const { kind, address, instanceId, atSeconds } of this.moves) {
      const move = `it was ${kind} (${instanceId}) at ${atSeconds.toFixed(1)} s`;
      this.expect(only !== undefined && only !== address, `${address} not to move, but ${move}`);
    }
  }

  /**
   * Expects that an address was detached since the last operation.
   *
   * @param states of its holder at that moment, one of them: `running in Terminating:Wait`, or less
   */
  expectDetached(address: string, { id }: Instance, ...states: string[]): void {
    const move = this.moves.find(
      (one) => one.kind === "detached" && one.address === address && one.instanceId === id,
    );
    const found = move === undefined ? "never" : `${move.state} in ${move.lifecycleState}`;
    this.expect(
      states.some((state) => found.startsWith(state)),
      `${id} to be ${states.join(" or ")} when ${address} was detached, but it was ${found}`,
    );
  }

  /** Expects that an instance was given an address since the last operation, in one of these states. */
  expectAttached({ id }: Instance, ...lifecycleStates: LifecycleState[]): void {
    const move = this.moves.find((one) => one.kind === "attached" && one.instanceId === id);
    const found = move?.lifecycleState;
    this.expect(
      found !== undefined && lifecycleStates.includes(found),
      `${id} to be given an address in ${lifecycleStates.join(" or ")}, but it was in ${found}`,
    );
  }

  /** Expects that a lifecycle action was answered each time, and not left to its time-out. */
  expectAnswered(
    { id }: Instance,
    lifecycleState: LifecycleState,
    withinSeconds = AT_ONCE_SECONDS,
    times = 1,
  ): void {
    const states = this.region.journal.entries.filter(
      ({ facts }) => facts?.instanceId === id && facts.lifecycleState !== undefined,
    );
    const waits = states.flatMap(({ facts, atMs }, index) => {
      const nextMs = states[index + 1]?.atMs ?? Infinity;
      return facts?.lifecycleState === lifecycleState ? [(nextMs - atMs) / 1000] : [];
    });
    this.expect(
      waits.length === times && waits.every((seconds) => seconds <= withinSeconds),
      `${id} to wait in ${lifecycleState} ${times} times, ${withinSeconds} s at most, but it waited (${waits.join(", ")}) s`,
    );
  }
}
