import { Tensor } from 'onnxruntime-node';
import type { ElementType } from '../../shared/domain/model.ts';
import type { TensorPayload } from '../protocol.ts';

type NumericView =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;
type ViewConstructor = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => NumericView;

/** Memory layout of each element type that a session exchanges with JavaScript. */
const views: Partial<Record<ElementType, { view: ViewConstructor; bytes: number }>> = {
  float32: { view: Float32Array, bytes: 4 },
  float64: { view: Float64Array, bytes: 8 },
  float16: { view: Uint16Array, bytes: 2 },
  int8: { view: Int8Array, bytes: 1 },
  uint8: { view: Uint8Array, bytes: 1 },
  int16: { view: Int16Array, bytes: 2 },
  uint16: { view: Uint16Array, bytes: 2 },
  int32: { view: Int32Array, bytes: 4 },
  uint32: { view: Uint32Array, bytes: 4 },
  int64: { view: BigInt64Array, bytes: 8 },
  uint64: { view: BigUint64Array, bytes: 8 },
  bool: { view: Uint8Array, bytes: 1 },
};

/**
 * Makes a tensor over raw little-endian bytes without copying them when they are aligned.
 * @throws Error for element types that ONNX Runtime's binding cannot exchange.
 */
export function toTensor(type: ElementType, dims: readonly number[], bytes: Uint8Array): Tensor {
  const layout = views[type];
  if (layout === undefined) throw new Error(`Tensors of type ${type} cannot be passed to ONNX Runtime from JavaScript`);
  const aligned = bytes.byteOffset % layout.bytes === 0 ? bytes : bytes.slice();
  const data = new layout.view(aligned.buffer, aligned.byteOffset, aligned.byteLength / layout.bytes);
  if (type === 'float16') {
    // The constructor turns Uint16Array into Float16Array where the engine has one, which the 1.30 binding then
    // refuses (microsoft/onnxruntime#26791); a plain object of the same shape passes.
    return { type, dims, location: 'cpu', data, size: data.length } as unknown as Tensor;
  }
  return new Tensor(type as Tensor.Type, data as Tensor.DataTypeMap[Tensor.Type], dims);
}

export function payloadToTensor(payload: TensorPayload): Tensor {
  const { buffer, byteOffset, byteLength } = payload.data;
  return toTensor(payload.type, payload.dims, new Uint8Array(buffer, byteOffset, byteLength));
}

/** Copies a tensor's shape and, when asked, data. String tensors carry no data. */
export function tensorToPayload(tensor: Tensor, withData: boolean): TensorPayload {
  const data = withData && ArrayBuffer.isView(tensor.data) ? tensor.data : new Uint8Array(0);
  return { type: tensor.type, dims: [...tensor.dims], data };
}

/** Bytes of a tensor in host memory; 0 for strings. */
export function tensorBytes(tensor: Tensor): number {
  return ArrayBuffer.isView(tensor.data) ? tensor.data.byteLength : 0;
}

/** Elements as float32, shared with the tensor where they are; null for types that are neither float32 nor int64. */
export function tensorNumbers(tensor: Tensor | undefined): Float32Array | null {
  const data = tensor?.data;
  if (data instanceof Float32Array) return data;
  return data instanceof BigInt64Array ? Float32Array.from(data, Number) : null;
}
