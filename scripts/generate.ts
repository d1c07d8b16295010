/** Writes the code for ONNX files from resources/onnx/onnx.proto. */
import { runTool } from './tool.ts';

const { exitCode, output } = await runTool('buf', 'generate');
process.stdout.write(output);
process.exitCode = exitCode;
