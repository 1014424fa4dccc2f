"""The smallest PDF that says something: lines of Helvetica on letter-size pages, written by hand so that tests need no other library."""

LEFT, TOP, SIZE, LEADING = 72, 720, 12, 18


def pdf_of(*pages, rotate=0, crop=None):
    """One list of lines for each page. `rotate` in degrees, `crop` a box in points, for all of them."""
    more = f"/Rotate {rotate}" + (f"/CropBox[{' '.join(map(str, crop))}]" if crop else "")
    objects = ["<</Type/Catalog/Pages 2 0 R>>", "", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"]
    kids = []
    for lines in pages:
        drawn = " ".join(f"({escaped(line)}) Tj T*" for line in lines)
        stream = f"BT /F1 {SIZE} Tf {LEADING} TL {LEFT} {TOP} Td {drawn} ET"
        objects.append(f"<</Length {len(stream.encode('cp1252'))}>>stream\n{stream}\nendstream")
        kids.append(len(objects) + 1)
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]{more}/Contents {len(objects)} 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
        )
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(f'{kid} 0 R' for kid in kids)}]>>"
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj{content}endobj\n".encode("cp1252")
    start = len(out)
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    out += f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF".encode()
    return bytes(out)


def escaped(line):
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
