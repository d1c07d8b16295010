/**
 * ONNX Runtime 1.30 collects events about sessions, the names of models among them, in a database below the user's
 * cache folder and queues them for upload. Nothing is sent from here, and nothing else writes while it is measured.
 * Set in the process itself, before the library is loaded, so that it holds however the engine was started.
 */
process.env.ORT_DISABLE_TELEMETRY = '1';
