"""Every classification network of torchvision, with what its newest published weights expect."""

from __future__ import annotations

from mild.config.published import IMAGENET_MEAN, IMAGENET_STD, Published

_SWAG = ("regnet_y_128gf", "vit_h_14")
"""Trained by Meta, who allow no commercial use."""
_HALVES = (0.5, 0.5, 0.5)
_TABLE = """
alexnet 224 63 233 61100840
convnext_base 224 32 338 88591464
convnext_large 224 32 755 197767336
convnext_small 224 32 192 50223688
convnext_tiny 224 32 109 28589128
densenet121 224 29 31 7978856
densenet161 224 29 110 28681000
densenet169 224 29 55 14149480
densenet201 224 29 77 20013928
efficientnet_b0 224 1 20 5288548
efficientnet_b1 240 1 30 7794184
efficientnet_b2 288 1 35 9109994
efficientnet_b3 300 1 47 12233232
efficientnet_b4 380 1 74 19341616
efficientnet_b5 456 1 117 30389784
efficientnet_b6 528 1 165 43040704
efficientnet_b7 600 1 255 66347960
efficientnet_v2_l 480 33 455 118515272
efficientnet_v2_m 480 33 208 54139356
efficientnet_v2_s 384 33 83 21458488
googlenet 224 15 50 6624904
inception_v3 299 75 104 27161264
maxvit_t 224 224 119 30919624
mnasnet0_5 224 1 9 2218512
mnasnet0_75 224 1 12 3170208
mnasnet1_0 224 1 17 4383312
mnasnet1_3 224 1 24 6282256
mobilenet_v2 224 1 14 3504872
mobilenet_v3_large 224 1 21 5483032
mobilenet_v3_small 224 1 10 2542856
regnet_x_16gf 224 1 208 54278536
regnet_x_1_6gf 224 1 35 9190136
regnet_x_32gf 224 1 412 107811560
regnet_x_3_2gf 224 1 59 15296552
regnet_x_400mf 224 1 21 5495976
regnet_x_800mf 224 1 28 7259656
regnet_x_8gf 224 1 151 39572648
regnet_y_128gf 384 1 2462 644812894
regnet_y_16gf 224 1 319 83590140
regnet_y_1_6gf 224 1 43 11202430
regnet_y_32gf 224 1 554 145046770
regnet_y_3_2gf 224 1 75 19436338
regnet_y_400mf 224 1 17 4344144
regnet_y_800mf 224 1 25 6432512
regnet_y_8gf 224 1 151 39381472
resnet101 224 1 171 44549160
resnet152 224 1 230 60192808
resnet18 224 1 45 11689512
resnet34 224 1 83 21797672
resnet50 224 1 98 25557032
resnext101_32x8d 224 1 340 88791336
resnext101_64x4d 224 1 319 83455272
resnext50_32x4d 224 1 96 25028904
shufflenet_v2_x0_5 224 1 5 1366792
shufflenet_v2_x1_0 224 1 9 2278604
shufflenet_v2_x1_5 224 1 14 3503624
shufflenet_v2_x2_0 224 1 28 7393996
squeezenet1_0 224 21 5 1248424
squeezenet1_1 224 17 5 1235496
swin_b 224 224 335 87768224
swin_s 224 224 190 49606258
swin_t 224 224 108 28288354
swin_v2_b 256 256 336 87930848
swin_v2_s 256 256 191 49737442
swin_v2_t 256 256 109 28351570
vgg11 224 32 507 132863336
vgg11_bn 224 32 507 132868840
vgg13 224 32 508 133047848
vgg13_bn 224 32 508 133053736
vgg16 224 32 528 138357544
vgg16_bn 224 32 528 138365992
vgg19 224 32 548 143667240
vgg19_bn 224 32 548 143678248
vit_b_16 224 224 330 86567656
vit_b_32 224 224 337 88224232
vit_h_14 518 518 2417 633470440
vit_l_16 224 224 1161 304326632
vit_l_32 224 224 1169 306535400
wide_resnet101_2 224 1 485 126886696
wide_resnet50_2 224 1 263 68883240
"""
"""Name, side in pixels of the images trained on, least side, megabytes, parameters."""


def torchvision_networks() -> dict[str, Published]:
    """Name -> its published weights."""
    return dict(_row(*line.split()) for line in _TABLE.split("\n") if line)


def _row(
    name: str, side: str, least: str, megabytes: str, n_parameters: str
) -> tuple[str, Published]:
    halves = name == "efficientnet_v2_l"
    published = Published(
        side=int(side),
        least_side=int(least),
        megabytes=int(megabytes),
        n_parameters=int(n_parameters),
        licence="CC-BY-NC-4.0" if name in _SWAG else "BSD-3-Clause",
        mean_C=_HALVES if halves else IMAGENET_MEAN,
        std_C=_HALVES if halves else IMAGENET_STD,
    )
    return name, published
