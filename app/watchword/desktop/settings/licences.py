"""What we ship that others made, under which licence, and where it is to be had."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Licence:
    """One work; `name` is the distribution's."""

    name: str
    licence: str
    source: str


OURS = Licence("watchword", "Apache-2.0", "")
OTHERS = (
    Licence("PySide6-Essentials", "LGPL-3.0", "pyside.org"),
    Licence("PySide6-Addons", "LGPL-3.0", "pyside.org"),
    Licence("aiosqlite", "MIT", "github.com/omnilib/aiosqlite"),
    Licence("alembic", "MIT", "alembic.sqlalchemy.org"),
    Licence("argon2-cffi", "MIT", "github.com/hynek/argon2-cffi"),
    Licence("asyncpg", "Apache-2.0", "github.com/MagicStack/asyncpg"),
    Licence("babel", "BSD-3-Clause", "babel.pocoo.org"),
    Licence("cryptography", "Apache-2.0 OR BSD-3-Clause", "github.com/pyca/cryptography"),
    Licence("httpcore2", "BSD-3-Clause", "github.com/pydantic/httpx2"),
    Licence("httptools", "MIT", "github.com/MagicStack/httptools"),
    Licence("itsdangerous", "BSD-3-Clause", "github.com/pallets/itsdangerous"),
    Licence("jeepney", "MIT", "gitlab.com/takluyver/jeepney"),
    Licence("jinja2", "BSD-3-Clause", "github.com/pallets/jinja"),
    Licence("keyring", "MIT", "github.com/jaraco/keyring"),
    Licence("maxminddb", "Apache-2.0", "github.com/maxmind/MaxMind-DB-Reader-python"),
    Licence("numpy", "BSD-3-Clause", "numpy.org"),
    Licence("opencv-python-headless", "Apache-2.0", "github.com/opencv/opencv-python"),
    Licence("pillow", "MIT-CMU", "python-pillow.github.io"),
    Licence("platformdirs", "MIT", "github.com/tox-dev/platformdirs"),
    Licence("pyotp", "MIT", "github.com/pyauth/pyotp"),
    Licence("python-multipart", "Apache-2.0", "github.com/Kludex/python-multipart"),
    Licence("pyzbar", "MIT", "github.com/NaturalHistoryMuseum/pyzbar"),
    Licence("qrcode", "BSD-3-Clause", "github.com/lincolnloop/python-qrcode"),
    Licence("rfc8785", "Apache-2.0", "github.com/trailofbits/rfc8785.py"),
    Licence("sqlalchemy", "MIT", "sqlalchemy.org"),
    Licence("starlette", "BSD-3-Clause", "github.com/Kludex/starlette"),
    Licence("truststore", "MIT", "github.com/sethmlarson/truststore"),
    Licence("uvicorn", "BSD-3-Clause", "uvicorn.dev"),
    Licence("uvloop", "MIT OR Apache-2.0", "github.com/MagicStack/uvloop"),
    Licence("zxcvbn", "MIT", "github.com/dwolfhub/zxcvbn-python"),
    Licence("zxing-cpp", "Apache-2.0", "github.com/zxing-cpp/zxing-cpp"),
)
