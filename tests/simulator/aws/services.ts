import { Clock } from "../../../simulator/runtime/clock";
import { Ec2 } from "../../../simulator/aws/ec2/ec2";
import type { Instance, NetworkInterface, Subnet } from "../../../simulator/aws/ec2/state";
import { Faults } from "../../../simulator/faults";
import { Journal } from "../../../simulator/views/journal";
import { Random } from "../../../simulator/runtime/random";
import type { Timings } from "../../../simulator/runtime/timings";
import { InFlightRequests } from "../../../simulator/runtime/inFlight";

/** 2026-01-01T00:00:00Z */
export const START_MS = 1_767_225_600_000;

/** One figure for each duration, no two alike: so a test can say to the millisecond what happens when. */
export const exactTimings: Timings = {
  readCall: [100, 100],
  writeCall: [200, 200],
  create: [400, 400],
  attach: [1_000, 1_000],
  detach: [2_000, 2_000],
  start: [5_000, 5_000],
  stop: [10_000, 10_000],
  shutDown: [20_000, 20_000],
  release: [30_000, 30_000],
  eventDelivery: [300, 300],
  poll: [50, 50],
  coldStart: [500, 500],
  healthCheck: [15_000, 15_000],
  groupStep: [700, 700],
};

export interface Services {
  clock: Clock;
  random: Random;
  timings: Timings;
  journal: Journal;
  inFlight: InFlightRequests;
  faults: Faults;
}

export function createServices(timings: Partial<Timings> = {}, seed = 1): Services {
  const clock = new Clock(START_MS);
  return {
    clock,
    random: new Random(seed),
    timings: { ...exactTimings, ...timings },
    journal: new Journal(clock),
    inFlight: new InFlightRequests(),
    faults: Faults.none(clock),
  };
}

/** Lets so many milliseconds of virtual time go by, those at their end included. */
export async function pass({ clock, inFlight }: Services, ms: number): Promise<void> {
  const untilMs = clock.nowMs + ms;
  do await inFlight.settle();
  while (await clock.step(untilMs));
}

/** Steps through everything that happens up to a moment, without anything that runs in real time. */
export async function passQuickly({ clock }: Pick<Services, "clock">, ms: number): Promise<void> {
  const untilMs = clock.nowMs + ms;
  while (await clock.step(untilMs));
}

/** An error of AWS's, as `assert.throws` compares it: every part of it. */
export function refusal(code: string, message: string) {
  return { name: "Error", code, message, status: 400 };
}

export const subnet: Subnet = { id: "subnet-a", vpcId: "vpc-1", availabilityZone: "eu-west-1a" };

export interface Ec2Stage {
  services: Services;
  ec2: Ec2;
}

export function openEc2(timings: Partial<Timings> = {}): Ec2Stage {
  const services = createServices(timings);
  return { services, ec2: new Ec2(services) };
}

/** Adds an interface whose id, address and MAC end in the same number. */
export function addInterface(
  { ec2 }: Pick<Ec2Stage, "ec2">,
  number: number,
  where: Subnet = subnet,
): NetworkInterface {
  const id = `eni-${number}`;
  const address = `10.0.0.${number}`;
  const macAddress = `02:00:00:00:00:${String(number).padStart(2, "0")}`;
  ec2.createNetworkInterface({ id, subnet: where, address, macAddress, tags: {} });
  return ec2.interfaceById(id);
}

/** Launches an instance and waits until it runs. */
export async function runInstance(
  { services, ec2 }: Ec2Stage,
  type = "t4g.micro",
  where: Subnet = subnet,
): Promise<Instance> {
  const instance = ec2.runInstance(type, where, {});
  await passQuickly(services, services.timings.start[1]);
  return instance;
}

/** An interface attached to a running instance at device index 1, and how it got there. */
export async function attachOne(stage: Ec2Stage) {
  const networkInterface = addInterface(stage, 10);
  const instance = await runInstance(stage);
  const { id } = stage.ec2.attachNetworkInterface(networkInterface.id, instance.id, 1, 0);
  await passQuickly(stage.services, stage.services.timings.attach[1]);
  return { networkInterface, instance, attachmentId: id };
}

export const statusOf = ({ attachment }: NetworkInterface) => attachment?.status ?? "available";
