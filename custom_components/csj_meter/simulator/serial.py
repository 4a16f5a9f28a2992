"""The line behind a serial port: an own pseudo-terminal, or any port that is there.

On a pseudo-terminal Linux shows the master how the client has set its end: a wrong speed is
noticed, and odd parity where the line has none (or the reverse). Even parity cannot be seen, the
kernel takes that bit out.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
import errno
import fcntl
import logging
import os
from pathlib import Path
import pty
import tempfile
import termios
import tty
from typing import Final

from .line import LineSettings, Port, SimulatedLine

LOGGER: Final = logging.getLogger(__name__)

CHUNK: Final = 1024

OWN_FOLDER: Final = "csj-line-"
"""How the folder begins that the name of a pseudo-terminal is in."""

SPEEDS: Final = {
    getattr(termios, f"B{speed}"): speed for speed in (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
}


class _Descriptor:
    """A terminal file descriptor as a port of the line."""

    def __init__(self, line: SimulatedLine, descriptor: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._descriptor = descriptor
        os.set_blocking(descriptor, False)
        self.port: Port = line.attach(self._write)
        self._loop.add_reader(descriptor, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._descriptor, CHUNK)
        except BlockingIOError:
            return
        except OSError as err:
            LOGGER.debug("Reading failed: %s", err)
            data = b""
        if data:
            self.port.feed(data)
        else:
            LOGGER.warning("The other end of the simulated line is gone")
            self._loop.remove_reader(self._descriptor)

    def _write(self, data: bytes) -> None:
        try:
            os.write(self._descriptor, data)
        except OSError as err:  # nobody reads: a full buffer loses bytes, as a line without a listener does
            LOGGER.debug("%d bytes were not heard: %s", len(data), err)

    def close(self) -> None:
        """Let go of the port and the descriptor."""
        self.port.close()
        self._loop.remove_reader(self._descriptor)
        os.close(self._descriptor)


class PtyServer:
    """A line at the far end of a pseudo-terminal."""

    def __init__(self, line: SimulatedLine, folder: Path) -> None:
        """Make the pseudo-terminal, with a stable name in ``folder``."""
        self._line = line
        self._link = folder / "line"
        self._master: _Descriptor | None = None
        self._slave = -1
        self._unwatch = line.watch_plug(self._plug)
        self._plug(line.unplugged)

    @property
    def path(self) -> str:
        """The port for clients; it stays the same when the line is unplugged and plugged in again."""
        return str(self._link)

    def _plug(self, unplugged: bool) -> None:
        if unplugged:
            self._pull()
            return
        master, self._slave = pty.openpty()  # holding the slave open lets clients come and go
        _make_raw(self._slave, self._line.settings)
        self._link.symlink_to(os.ttyname(self._slave))
        self._master = _Descriptor(self._line, master)
        self._master.port.settings = lambda: _client_settings(master, self._line.settings)

    def _pull(self) -> None:
        if self._master:
            self._master.close()
            self._master = None
            os.close(self._slave)
            self._link.unlink()

    def close(self) -> None:
        """Take the pseudo-terminal away."""
        self._unwatch()
        self._pull()


def _make_raw(descriptor: int, settings: LineSettings) -> None:
    """Bytes as they are, at the speed of the line."""
    tty.setraw(descriptor)
    attributes = termios.tcgetattr(descriptor)
    speed = next((code for code, speed in SPEEDS.items() if speed == settings.baudrate), attributes[4])
    attributes[4] = attributes[5] = speed
    termios.tcsetattr(descriptor, termios.TCSANOW, attributes)


def _set_frame(descriptor: int, settings: LineSettings) -> None:
    """Parity and stop bits of the line, as far as the port has them."""
    attributes = termios.tcgetattr(descriptor)
    attributes[2] &= ~(termios.PARENB | termios.PARODD | termios.CSTOPB)
    if settings.parity != "N":
        attributes[2] |= termios.PARENB
    if settings.parity == "O":
        attributes[2] |= termios.PARODD
    if settings.stopbits == 2:
        attributes[2] |= termios.CSTOPB
    with suppress(termios.error):  # nothing of it was taken, which is seen below
        termios.tcsetattr(descriptor, termios.TCSANOW, attributes)
    if settings.parity != "N" and not termios.tcgetattr(descriptor)[2] & termios.PARENB:
        LOGGER.warning("The port takes no parity, as no pseudo-terminal does: it is served without")


def _client_settings(master: int, line: LineSettings) -> LineSettings:
    """How the client has set its end, as far as the kernel tells; the rest as the line has it."""
    attributes = termios.tcgetattr(master)
    odd = bool(attributes[2] & termios.PARODD)
    parity = "O" if odd else "N" if line.parity == "O" else line.parity
    return LineSettings(baudrate=SPEEDS.get(attributes[5]) or max(1, attributes[5]), parity=parity)


@asynccontextmanager
async def serve_pty(line: SimulatedLine) -> AsyncIterator[PtyServer]:
    """Serve the line on a pseudo-terminal; clients open ``server.path``."""
    with tempfile.TemporaryDirectory(prefix=OWN_FOLDER) as folder:
        server = PtyServer(line, Path(folder))
        try:
            yield server
        finally:
            server.close()


class SerialServer:
    """A line on a serial port that exists already, for example one end of a pair."""

    def __init__(self, line: SimulatedLine, path: str) -> None:
        """Open the port.

        Raises ``OSError`` when that does not work, or somebody else has the port.
        """
        self.path = path
        """The port it serves on."""
        descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            _lock(descriptor, path)
            _make_raw(descriptor, line.settings)
            _set_frame(descriptor, line.settings)
        except OSError:
            os.close(descriptor)
            raise
        except termios.error as err:
            os.close(descriptor)
            raise OSError(errno.ENOTTY, "not a serial port", path) from err
        self._descriptor = _Descriptor(line, descriptor)

    def close(self) -> None:
        """Let go of the port."""
        self._descriptor.close()


def _lock(descriptor: int, path: str) -> None:
    """Have the port alone, by the lock that serialx and pyserial take, and so Home Assistant and ``scan``.

    Raises ``OSError`` when somebody else has it.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as err:
        raise OSError(errno.EBUSY, "another program has the port open", path) from err


@asynccontextmanager
async def serve_serial(line: SimulatedLine, path: str) -> AsyncIterator[SerialServer]:
    """Serve the line on the serial port ``path``.

    Raises ``OSError`` when it cannot be opened.
    """
    server = SerialServer(line, path)
    try:
        yield server
    finally:
        server.close()
