"""What day it is."""

import datetime

from programme import calendar

from ..conftest import ALMATY


def test_the_day_is_that_of_the_zone():
    with calendar.pretend(datetime.datetime(2009, 7, 10, 18, 30, tzinfo=datetime.UTC)):
        assert calendar.today("UTC") == datetime.date(2009, 7, 10)
        assert calendar.today("Asia/Almaty") == datetime.date(2009, 7, 11)


def test_the_setting_moves_the_day_and_keeps_the_time(settings):
    settings.PORTAL_TODAY = datetime.date(2009, 7, 6)
    with calendar.pretend(None):
        moment = calendar.now()
        assert calendar.today() == datetime.date(2009, 7, 6)
        assert calendar.is_pretended()
        assert moment.utcoffset() == datetime.datetime(2009, 7, 6, tzinfo=ALMATY).utcoffset()


def test_without_setting_the_day_is_real(settings):
    settings.PORTAL_TODAY = None
    with calendar.pretend(None):
        assert not calendar.is_pretended()
        assert abs(calendar.now() - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(seconds=5)
