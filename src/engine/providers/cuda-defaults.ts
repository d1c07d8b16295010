/**
 * What CUDA and TensorRT sessions work with because the binding hands over a device number alone (OrtCUDAProviderOptionsV2
 * and session_options_helper.cc of ONNX Runtime). NVIDIA_TF32_OVERRIDE=0 is read by cuBLAS and cuDNN themselves.
 */
export function cudaDefaults(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return {
    tf32: environment.NVIDIA_TF32_OVERRIDE === '0' ? 'off' : 'on',
    cudaGraph: 'off',
    copies: 'host to host, pageable memory, one stream',
  };
}
