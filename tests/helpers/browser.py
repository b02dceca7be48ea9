"""A real Chromium without a screen, with a fresh profile, that talks to loopback only."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--hide-scrollbars",
)  # fmt: skip


class Browser:
    """What a person does with a browser, waiting as a person waits."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def go(self, address: str) -> None:
        self.driver.get(address)

    def find(self, css: str, within: float = 15) -> WebElement:
        return self._wait(within).until(
            lambda driver: next(
                (e for e in driver.find_elements(By.CSS_SELECTOR, css) if e.is_displayed()), None
            ),
            f"{css} did not appear on {self.driver.current_url}",
        )

    def _wait(self, within: float) -> WebDriverWait[webdriver.Chrome]:
        # A page may be replaced by the next between finding its element and asking it something.
        return WebDriverWait(self.driver, within, 0.05, [StaleElementReferenceException])

    def labelled(self, label: str) -> WebElement:
        """Return the field a label names."""
        found = self.driver.find_element(By.XPATH, f"//label[normalize-space()={label!r}]")
        return self.driver.find_element(By.ID, found.get_attribute("for") or "")

    def press(self, text: str, within: float = 15) -> None:
        """Press the button or link with that text."""
        path = f"//button[normalize-space()={text!r}]|//a[normalize-space()={text!r}]"

        def pressed(driver: webdriver.Chrome) -> bool:
            for element in driver.find_elements(By.XPATH, path):
                if element.is_displayed():
                    element.click()
                    return True
            return False

        try:
            self._wait(within).until(pressed)
        except TimeoutException as error:
            raise AssertionError(
                f"{text!r} is not on {self.driver.current_url}:\n{self.text()}"
            ) from error

    def text(self) -> str:
        return self.driver.find_element(By.TAG_NAME, "body").text

    def wait_for_text(self, text: str, within: float = 15) -> None:
        def there(_: object) -> bool:
            return text in self.text()

        try:
            WebDriverWait(self.driver, within, 0.05, ignored_exceptions=(Exception,)).until(there)
        except Exception as error:
            raise AssertionError(
                f"{text!r} not on {self.driver.current_url}:\n{self.text()}"
            ) from error

    def picture(self, path: Path) -> Path:
        self.driver.save_screenshot(str(path))
        return path


@contextlib.contextmanager
def browser(*, width: int = 1000, height: int = 900, dark: bool = False) -> Iterator[Browser]:
    """Start a browser; its profile goes with it."""
    with tempfile.TemporaryDirectory(prefix="ww-browser-", ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in (*FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}"):
            options.add_argument(flag)
        if dark:
            options.add_argument("--blink-settings=preferredColorScheme=0")
        driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        try:
            yield Browser(driver)
        finally:
            driver.quit()
