import type { Nvml } from '../../../../src/core/hardware/nvml.ts';

/**
 * Answers NVML calls from a table of numbers and texts, or by writing into what the caller gives; a symbol that is not
 * listed is missing in the driver.
 */
export function createNvmlDouble(
  answers: Record<string, number[] | string | { status: number } | ((...outputs: Buffer[]) => void)>,
): Nvml & { closed: boolean } {
  return {
    closed: false,
    call(symbol, ...args) {
      const answer = answers[symbol];
      if (answer === undefined) return null;
      if (typeof answer === 'object' && 'status' in answer) return answer.status;
      const outputs = args.filter((argument) => Buffer.isBuffer(argument));
      if (typeof answer === 'function') answer(...outputs);
      else if (typeof answer === 'string') outputs[0]?.write(answer, 'latin1');
      else if (symbol === 'nvmlDeviceGetMemoryInfo')
        answer.forEach((value, index) => outputs[0]?.writeBigUInt64LE(BigInt(value), index * 8));
      else answer.forEach((value, index) => outputs[index]?.writeUInt32LE(value));
      return 0;
    },
    close() {
      this.closed = true;
    },
  };
}
