"""Writes models with PyTorch's exporters: real architectures, random weights, the same bytes each time.

The first argument is a folder, further ones are names of models (default: all). A file that is there already is kept.
Each model is written by the older, tracing exporter (`<name>-traced.onnx`, operator set 17) and by the newer one
(`<name>-dynamo.onnx`, operator set 18), the latter only where onnxscript is installed. One line of JSON on standard
output for each file; a model that an exporter refuses has a line with the reason. Needs torch, torchvision, transformers.
"""

import importlib.util
import json
import logging
import os
import sys
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

import torch  # noqa: E402

SEQUENCE = 32
PAST = 128


def images():
    return (torch.rand(1, 3, 224, 224),)


def tokens(vocabulary):
    ids = torch.randint(0, vocabulary, (1, SEQUENCE))
    return ids, torch.ones(1, SEQUENCE, dtype=torch.int64)


class Named(torch.nn.Module):
    """Calls a model of transformers with positions for arguments and returns chosen outputs as a tuple."""

    def __init__(self, model, arguments, outputs):
        super().__init__()
        self.model, self.arguments, self.outputs = model, arguments, outputs

    def forward(self, *values):
        result = self.model(**dict(zip(self.arguments, values)), return_dict=True)
        return tuple(result[name] for name in self.outputs)


class WithCache(torch.nn.Module):
    """A decoder that also returns keys and values of every layer, for the next step."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, ids, mask):
        result = self.model(input_ids=ids, attention_mask=mask, use_cache=True, return_dict=True)
        cache = result.past_key_values
        layers = [(layer.keys, layer.values) for layer in cache.layers]
        return (result.logits, *[tensor for pair in layers for tensor in pair])


def import_torchvision():
    """Makes torchvision, which transformers needs too, load where its compiled operators do not fit PyTorch.

    The networks here use none of them.
    """
    try:
        import torchvision
    except RuntimeError:
        for name in [name for name in sys.modules if name.startswith("torchvision")]:
            del sys.modules[name]
        library = torch.library.Library("torchvision", "DEF")
        for operator in ("nms", "qnms"):
            library.define(f"{operator}(Tensor boxes, Tensor scores, float threshold) -> Tensor")
        import torchvision

        # The definitions are gone with the object.
        torchvision.missing_operators = library


class Decoding(torch.nn.Module):
    """A decoder for one further token: keys and values of the tokens before come in, those of all go out."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, ids, *past):
        import transformers

        cache = transformers.DynamicCache()
        for layer, (keys, values) in enumerate(zip(past[::2], past[1::2])):
            cache.update(keys, values, layer)
        result = self.model(input_ids=ids, past_key_values=cache, use_cache=True, return_dict=True)
        present = [tensor for layer in result.past_key_values.layers for tensor in (layer.keys, layer.values)]
        return (result.logits, *present)


def vision(name):
    import torchvision

    # Statistics of batch normalization as training leaves them: not all zero and one, so that folding does something.
    model = getattr(torchvision.models, name)(weights=None)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.normal_(module.running_mean, std=0.1)
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
            torch.nn.init.uniform_(module.weight, 0.5, 1.0)
            torch.nn.init.normal_(module.bias, std=0.1)
    return model, images(), ["pixels"], ["logits"]


def encoder(kind):
    import transformers

    if kind == "bert":
        config = transformers.BertConfig(attn_implementation="eager")
        model = transformers.BertModel(config)
        outputs = ["last_hidden_state", "pooler_output"]
    else:
        config = transformers.DistilBertConfig(attn_implementation="eager")
        model = transformers.DistilBertForSequenceClassification(config)
        outputs = ["logits"]
    names = ["input_ids", "attention_mask"]
    return Named(model, names, outputs), tokens(config.vocab_size), names, outputs


def vit():
    import transformers

    model = transformers.ViTForImageClassification(transformers.ViTConfig(attn_implementation="eager", num_labels=1000))
    return Named(model, ["pixel_values"], ["logits"]), images(), ["pixel_values"], ["logits"]


def gpt2(with_cache):
    import transformers

    config = transformers.GPT2Config(attn_implementation="eager", use_cache=with_cache)
    model = transformers.GPT2LMHeadModel(config)
    names = ["input_ids", "attention_mask"]
    if not with_cache:
        return Named(model, names, ["logits"]), tokens(config.vocab_size), names, ["logits"]
    present = [f"present.{layer}.{part}" for layer in range(config.n_layer) for part in ("key", "value")]
    return WithCache(model), tokens(config.vocab_size), names, ["logits", *present]


def llama():
    import transformers

    # As many weights as GPT-2 small, but the four heads of keys and values that decoders of today have.
    config = transformers.LlamaConfig(
        vocab_size=32000,
        hidden_size=768,
        intermediate_size=2048,
        num_hidden_layers=12,
        num_attention_heads=12,
        num_key_value_heads=4,
        attn_implementation="eager",
    )
    model = transformers.LlamaForCausalLM(config)
    parts = [f"{layer}.{part}" for layer in range(config.num_hidden_layers) for part in ("key", "value")]
    past = [torch.randn(1, 4, PAST, 64) for _ in parts]
    inputs = (torch.randint(0, config.vocab_size, (1, 1)), *past)
    input_names = ["input_ids", *[f"past_key_values.{part}" for part in parts]]
    return Decoding(model), inputs, input_names, ["logits", *[f"present.{part}" for part in parts]]


MODELS = {
    "torch-resnet18": lambda: vision("resnet18"),
    "torch-resnet50": lambda: vision("resnet50"),
    "torch-mobilenet-v2": lambda: vision("mobilenet_v2"),
    # Its HardSwish is what integer kernels do not have.
    "torch-mobilenet-v3": lambda: vision("mobilenet_v3_large"),
    "torch-bert-base": lambda: encoder("bert"),
    "torch-distilbert": lambda: encoder("distilbert"),
    "torch-vit-b16": vit,
    "torch-gpt2": lambda: gpt2(False),
    "torch-gpt2-cache": lambda: gpt2(True),
    "torch-llama-decode": llama,
}


def export(model, inputs, input_names, output_names, path, dynamo):
    common = {"input_names": input_names, "output_names": output_names}
    if dynamo:
        torch.onnx.export(model, inputs, path, dynamo=True, opset_version=18, external_data=False, **common)
    else:
        # Text models with any number of tokens, as people export them.
        is_text = "attention_mask" in input_names
        axes = {name: {1: "sequence"} for name in input_names if is_text}
        torch.onnx.export(model, inputs, path, dynamo=False, opset_version=17, dynamic_axes=axes, **common)


def main():
    folder, *names = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    import_torchvision()
    exporters = ["traced"] + (["dynamo"] if importlib.util.find_spec("onnxscript") else [])
    for name in names or MODELS:
        for exporter in exporters:
            path = os.path.join(folder, f"{name}-{exporter}.onnx")
            answer = {"name": f"{name}-{exporter}", "path": path}
            if not os.path.exists(path):
                torch.manual_seed(0)
                model, *rest = MODELS[name]()
                try:
                    # The exporters talk on standard output, which is for the answers.
                    with open(os.devnull, "w") as null:
                        output, sys.stdout = sys.stdout, null
                        try:
                            export(model.eval(), *rest, path + ".part", exporter == "dynamo")
                        finally:
                            sys.stdout = output
                    os.replace(path + ".part", path)
                except Exception as error:  # noqa: BLE001, an exporter may raise anything
                    answer["refused"] = str(error).strip().split("\n")[0][:200]
            print(json.dumps(answer), flush=True)


main()
