"""A folder of the images to train on, one sub-folder per class."""

from mild.export.folders import image_folder
from mild.export.formats.format import FolderFormat

IMAGE_FOLDER = FolderFormat(
    name="imagefolder", title="Image folder", order=50, write=image_folder.write
)
