"""The nodes and model files of the simulated ComfyUI, as `/object_info` shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.data_classes import value_object

Kind = str | tuple[str, ...]  # what an input accepts: a type by its name, or one of these values

FILES: Mapping[str, tuple[str, ...]] = {
    "unet": (
        "wan2.2_ti2v_5B_fp16.safetensors",
        "wan2.2_t2v_high_noise_14B_fp8_scaled.safetensors",
        "wan2.2_t2v_low_noise_14B_fp8_scaled.safetensors",
        "wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors",
        "wan2.2_i2v_low_noise_14B_fp8_scaled.safetensors",
        "hunyuan_video_t2v_720p_bf16.safetensors",
    ),
    "clip": (
        "umt5_xxl_fp8_e4m3fn_scaled.safetensors",
        "clip_l.safetensors",
        "llava_llama3_fp8_scaled.safetensors",
        "gemma_3_12B_it_fp4_mixed.safetensors",
    ),
    "vae": ("wan2.2_vae.safetensors", "wan_2.1_vae.safetensors", "hunyuan_video_vae_bf16.safetensors"),
    "lora": ("film-grain.safetensors", "pixel-art.safetensors", "wan2.2_lightx2v_4steps.safetensors"),
    "checkpoint": ("ltx-2-19b-dev-fp8.safetensors",),
}
SAMPLERS = ("euler", "euler_ancestral", "uni_pc", "dpmpp_2m")
SCHEDULERS = ("simple", "normal", "karras", "beta")
ON_OFF = ("enable", "disable")
DEVICES = ("default", "cpu")
BRANCHING = frozenset({"format", "codec"})  # inputs of newer nodes whose values have inputs of their own


@value_object
class Node:
    """`is_output`: it produces something, so that the server runs everything leading to it."""

    required: Mapping[str, Kind]
    optional: Mapping[str, Kind]
    gives: Sequence[str]
    is_output: bool = False

    def as_json(self, *, newer: bool) -> Mapping[str, Any]:
        shown: Mapping[str, Any] = {
            part: {name: _shown(name, kind, newer=newer) for name, kind in inputs.items()}
            for part, inputs in (("required", self.required), ("optional", self.optional))
        }
        return {"input": shown, "output": list(self.gives), "output_node": self.is_output}


def _shown(name: str, kind: Kind, *, newer: bool) -> Sequence[Any]:
    """Values in place of a type, as a type with options, and as one whose options have inputs of their own."""
    if isinstance(kind, str):
        return [kind, {}]
    if not newer:
        return [list(kind), {}]
    if name in BRANCHING:
        return ["COMFY_DYNAMICCOMBO_V3", {"options": [{"key": word, "inputs": {"required": {}}} for word in kind]}]
    return ["COMBO", {"options": list(kind)}]


NOTHING: Mapping[str, Kind] = {}


def node(gives: str, required: Mapping[str, Kind], optional: Mapping[str, Kind] = NOTHING) -> Node:
    return Node(required=required, optional=optional, gives=gives.split())


def saver(required: Mapping[str, Kind]) -> Node:
    return Node(required=required, optional=NOTHING, gives=(), is_output=True)


SIZED: Mapping[str, Kind] = {"width": "INT", "height": "INT", "length": "INT", "batch_size": "INT"}
SAMPLING: Mapping[str, Kind] = {
    "model": "MODEL",
    "positive": "CONDITIONING",
    "negative": "CONDITIONING",
    "latent_image": "LATENT",
    "steps": "INT",
    "cfg": "FLOAT",
    "sampler_name": SAMPLERS,
    "scheduler": SCHEDULERS,
}
TILES: Mapping[str, Kind] = dict.fromkeys(("tile_size", "overlap", "temporal_size", "temporal_overlap"), "INT")

NODES: Mapping[str, Node] = {
    "UNETLoader": node("MODEL", {"unet_name": FILES["unet"], "weight_dtype": ("default", "fp8_e4m3fn")}),
    "CLIPLoader": node("CLIP", {"clip_name": FILES["clip"], "type": ("wan", "ltxv")}, {"device": DEVICES}),
    "DualCLIPLoader": node(
        "CLIP",
        {"clip_name1": FILES["clip"], "clip_name2": FILES["clip"], "type": ("hunyuan_video", "flux")},
        {"device": DEVICES},
    ),
    "VAELoader": node("VAE", {"vae_name": FILES["vae"]}),
    "CheckpointLoaderSimple": node("MODEL CLIP VAE", {"ckpt_name": FILES["checkpoint"]}),
    "LoraLoaderModelOnly": node("MODEL", {"model": "MODEL", "lora_name": FILES["lora"], "strength_model": "FLOAT"}),
    "LoraLoader": node(
        "MODEL CLIP",
        {
            "model": "MODEL",
            "clip": "CLIP",
            "lora_name": FILES["lora"],
            "strength_model": "FLOAT",
            "strength_clip": "FLOAT",
        },
    ),
    "LoadImage": node("IMAGE MASK", {"image": "FILE"}),
    "LoadVideo": node("VIDEO", {"file": "FILE"}),
    "GetVideoComponents": node("IMAGE AUDIO FLOAT", {"video": "VIDEO"}),
    "ModelSamplingSD3": node("MODEL", {"model": "MODEL", "shift": "FLOAT"}),
    "CLIPTextEncode": node("CONDITIONING", {"clip": "CLIP", "text": "STRING"}),
    "FluxGuidance": node("CONDITIONING", {"conditioning": "CONDITIONING", "guidance": "FLOAT"}),
    "Wan22ImageToVideoLatent": node("LATENT", {"vae": "VAE", **SIZED}, {"start_image": "IMAGE"}),
    "WanImageToVideo": node(
        "CONDITIONING CONDITIONING LATENT",
        {"positive": "CONDITIONING", "negative": "CONDITIONING", "vae": "VAE", **SIZED},
        {"start_image": "IMAGE"},
    ),
    "EmptyHunyuanLatentVideo": node("LATENT", {**SIZED}),
    "EmptyLTXVLatentVideo": node("LATENT", {**SIZED}),
    "KSampler": node("LATENT", {"seed": "INT", "denoise": "FLOAT", **SAMPLING}),
    "KSamplerAdvanced": node(
        "LATENT",
        {
            "add_noise": ON_OFF,
            "noise_seed": "INT",
            "start_at_step": "INT",
            "end_at_step": "INT",
            "return_with_leftover_noise": ON_OFF,
            **SAMPLING,
        },
    ),
    "BasicGuider": node("GUIDER", {"model": "MODEL", "conditioning": "CONDITIONING"}),
    "CFGGuider": node(
        "GUIDER", {"model": "MODEL", "positive": "CONDITIONING", "negative": "CONDITIONING", "cfg": "FLOAT"}
    ),
    "KSamplerSelect": node("SAMPLER", {"sampler_name": SAMPLERS}),
    "BasicScheduler": node("SIGMAS", {"model": "MODEL", "scheduler": SCHEDULERS, "steps": "INT", "denoise": "FLOAT"}),
    "RandomNoise": node("NOISE", {"noise_seed": "INT"}),
    "SamplerCustomAdvanced": node(
        "LATENT LATENT",
        {"noise": "NOISE", "guider": "GUIDER", "sampler": "SAMPLER", "sigmas": "SIGMAS", "latent_image": "LATENT"},
    ),
    "LTXAVTextEncoderLoader": node(
        "CLIP", {"text_encoder": FILES["clip"], "ckpt_name": FILES["checkpoint"]}, {"device": DEVICES}
    ),
    "LTXVAudioVAELoader": node("VAE", {"ckpt_name": FILES["checkpoint"]}),
    "LTXVConditioning": node(
        "CONDITIONING CONDITIONING", {"positive": "CONDITIONING", "negative": "CONDITIONING", "frame_rate": "FLOAT"}
    ),
    "LTXVEmptyLatentAudio": node(
        "LATENT", {"audio_vae": "VAE", "frames_number": "INT", "frame_rate": "INT", "batch_size": "INT"}
    ),
    "LTXVConcatAVLatent": node("LATENT", {"video_latent": "LATENT", "audio_latent": "LATENT"}),
    "LTXVSeparateAVLatent": node("LATENT LATENT", {"av_latent": "LATENT"}),
    "LTXVScheduler": node(
        "SIGMAS",
        {"steps": "INT", "max_shift": "FLOAT", "base_shift": "FLOAT", "stretch": "BOOLEAN", "terminal": "FLOAT"},
        {"latent": "LATENT"},
    ),
    "LTXVAudioVAEDecode": node("AUDIO", {"samples": "LATENT", "audio_vae": "VAE"}),
    "VAEDecode": node("IMAGE", {"samples": "LATENT", "vae": "VAE"}),
    "VAEDecodeTiled": node("IMAGE", {"samples": "LATENT", "vae": "VAE", **TILES}),
    "CreateVideo": node("VIDEO", {"images": "IMAGE", "fps": "FLOAT"}, {"audio": "AUDIO"}),
    "SaveVideo": saver(
        {"video": "VIDEO", "filename_prefix": "STRING", "format": ("auto", "mp4"), "codec": ("auto", "h264")}
    ),
    "PreviewImage": saver({"images": "IMAGE"}),
}
