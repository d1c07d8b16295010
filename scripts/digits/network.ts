/** The layers of the digits network with their gradients, one image at a time: small enough to need no library. */

export interface Parameter {
  name: string;
  dims: readonly number[];
  value: Float32Array;
  gradient: Float32Array;
}

/** A layer keeps what its backward pass needs from the latest forward pass. */
export interface Layer {
  parameters: readonly Parameter[];
  forward: (input: Float32Array) => Float32Array;
  /** Adds to the gradients of the parameters and returns the gradient of the input. */
  backward: (gradient: Float32Array) => Float32Array;
}

function createParameter(name: string, dims: readonly number[], fanIn: number, normal: () => number): Parameter {
  const count = dims.reduce((product, size) => product * size, 1);
  const deviation = fanIn > 0 ? Math.sqrt(2 / fanIn) : 0;
  const value = Float32Array.from({ length: count }, () => deviation * normal());
  return { name, dims, value, gradient: new Float32Array(count) };
}

const KERNEL = 3;
const TAPS = KERNEL * KERNEL;

/** A 3×3 convolution with padding 1 on square images of `size`, as a product with the unfolded input. */
export function createConvolution(
  name: string,
  inputs: number,
  outputs: number,
  size: number,
  normal: () => number,
): Layer {
  const depth = inputs * TAPS;
  const plane = size * size;
  const weight = createParameter(`${name}.weight`, [outputs, inputs, KERNEL, KERNEL], depth, normal);
  const bias = createParameter(`${name}.bias`, [outputs], 0, normal);
  const columns = new Float32Array(depth * plane);
  const output = new Float32Array(outputs * plane);
  const columnGradient = new Float32Array(depth * plane);
  const inputGradient = new Float32Array(inputs * plane);
  const taps = unfoldingMap(inputs, size);
  return {
    parameters: [weight, bias],
    forward(input) {
      for (let index = 0; index < taps.length; index++) {
        const source = taps[index]!;
        columns[index] = source < 0 ? 0 : input[source]!;
      }
      for (let channel = 0; channel < outputs; channel++) {
        const start = channel * plane;
        output.fill(bias.value[channel]!, start, start + plane);
        for (let tap = 0; tap < depth; tap++) {
          const factor = weight.value[channel * depth + tap]!;
          const from = tap * plane;
          for (let pixel = 0; pixel < plane; pixel++) output[start + pixel]! += factor * columns[from + pixel]!;
        }
      }
      return output;
    },
    backward(gradient) {
      columnGradient.fill(0);
      for (let channel = 0; channel < outputs; channel++) {
        const start = channel * plane;
        for (let pixel = 0; pixel < plane; pixel++) bias.gradient[channel]! += gradient[start + pixel]!;
        for (let tap = 0; tap < depth; tap++) {
          const factor = weight.value[channel * depth + tap]!;
          const from = tap * plane;
          let sum = 0;
          for (let pixel = 0; pixel < plane; pixel++) {
            const change = gradient[start + pixel]!;
            sum += change * columns[from + pixel]!;
            columnGradient[from + pixel]! += factor * change;
          }
          weight.gradient[channel * depth + tap]! += sum;
        }
      }
      inputGradient.fill(0);
      for (let index = 0; index < taps.length; index++) {
        const source = taps[index]!;
        if (source >= 0) inputGradient[source]! += columnGradient[index]!;
      }
      return inputGradient;
    },
  };
}

/** For each element of the unfolded input the index it comes from, or -1 for padding. */
function unfoldingMap(inputs: number, size: number): Int32Array {
  const map = new Int32Array(inputs * TAPS * size * size);
  let index = 0;
  for (let channel = 0; channel < inputs; channel++) {
    for (let tap = 0; tap < TAPS; tap++) {
      for (let row = 0; row < size; row++) {
        for (let column = 0; column < size; column++) {
          const y = row + Math.floor(tap / KERNEL) - 1;
          const x = column + (tap % KERNEL) - 1;
          const inside = y >= 0 && y < size && x >= 0 && x < size;
          map[index++] = inside ? (channel * size + y) * size + x : -1;
        }
      }
    }
  }
  return map;
}

/** A fully connected layer with the weight as [outputs, inputs]. */
export function createDense(name: string, inputs: number, outputs: number, normal: () => number): Layer {
  const weight = createParameter(`${name}.weight`, [outputs, inputs], inputs, normal);
  const bias = createParameter(`${name}.bias`, [outputs], 0, normal);
  const output = new Float32Array(outputs);
  const inputGradient = new Float32Array(inputs);
  let seen = new Float32Array(inputs);
  return {
    parameters: [weight, bias],
    forward(input) {
      seen = Float32Array.from(input);
      for (let row = 0; row < outputs; row++) {
        let sum = bias.value[row]!;
        for (let column = 0; column < inputs; column++) sum += weight.value[row * inputs + column]! * seen[column]!;
        output[row] = sum;
      }
      return output;
    },
    backward(gradient) {
      inputGradient.fill(0);
      for (let row = 0; row < outputs; row++) {
        const change = gradient[row]!;
        bias.gradient[row]! += change;
        for (let column = 0; column < inputs; column++) {
          weight.gradient[row * inputs + column]! += change * seen[column]!;
          inputGradient[column]! += change * weight.value[row * inputs + column]!;
        }
      }
      return inputGradient;
    },
  };
}

export function createRelu(count: number): Layer {
  const output = new Float32Array(count);
  const inputGradient = new Float32Array(count);
  return {
    parameters: [],
    forward(input) {
      for (let index = 0; index < count; index++) output[index] = Math.max(0, input[index]!);
      return output;
    },
    backward(gradient) {
      for (let index = 0; index < count; index++) inputGradient[index] = output[index]! > 0 ? gradient[index]! : 0;
      return inputGradient;
    },
  };
}

/** Maximum of each 2×2 square. */
export function createMaxPool(channels: number, size: number): Layer {
  const half = size / 2;
  const output = new Float32Array(channels * half * half);
  const winner = new Int32Array(output.length);
  const inputGradient = new Float32Array(channels * size * size);
  return {
    parameters: [],
    forward(input) {
      for (let index = 0; index < output.length; index++) {
        const channel = Math.floor(index / (half * half));
        const row = Math.floor((index % (half * half)) / half);
        const corner = (channel * size + row * 2) * size + (index % half) * 2;
        let best = corner;
        for (const other of [corner + 1, corner + size, corner + size + 1]) {
          if (input[other]! > input[best]!) best = other;
        }
        winner[index] = best;
        output[index] = input[best]!;
      }
      return output;
    },
    backward(gradient) {
      inputGradient.fill(0);
      for (let index = 0; index < output.length; index++) inputGradient[winner[index]!] = gradient[index]!;
      return inputGradient;
    },
  };
}
