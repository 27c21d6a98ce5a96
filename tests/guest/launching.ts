import { Instance, type Link, whyNoInstance } from "./instance";
import type { DescribedInterface } from "./metadata";

export const TAG_KEY = "network-interface-manager-pool";
export const TAGS = { [TAG_KEY]: "licence" };

/** Hooks for a suite that starts instances: it is skipped where there can be none, and ends those it started. */
export function useInstances() {
  const instances: Instance[] = [];

  before(function () {
    const reason = whyNoInstance();
    if (reason === undefined) return;
    console.log(`  skipped, the script for instances is not run: ${reason}`);
    this.skip();
  });

  afterEach(async () => {
    await Promise.all(instances.splice(0).map((instance) => instance.stop()));
  });

  return {
    /** Starts one on which the boothook has run. */
    start: async (boothook: string): Promise<Instance> => {
      const instance = await Instance.start();
      instances.push(instance);
      instance.runBoothook(boothook);
      return instance;
    },
    /** Starts one anew, with its disk. */
    restart: async (instance: Instance): Promise<Instance> => {
      await instance.end();
      const next = await Instance.start(instance.folder);
      instances.splice(instances.indexOf(instance), 1, next);
      return next;
    },
  };
}

/** What the script wrote for services; nothing where it didn't. */
export function written(instance: Instance): string {
  return instance.run("cat /run/network-interface-pool.env 2>/dev/null || true");
}

/** Metadata of a link that is attached. */
export function describedAs(
  { macAddress, address }: Link,
  rest: Partial<DescribedInterface> = {},
): DescribedInterface {
  return { macAddress, deviceNumber: 1, addresses: [address], ...rest };
}

export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
