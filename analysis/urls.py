from django.urls import path

from .views import datasets, home, importing, jobs, summary

urlpatterns = [
    path("", home.home, name="home"),
    path("datasets/", datasets.dataset_list, name="datasets"),
    path("datasets/views/", datasets.save_view, name="save-view"),
    path("datasets/views/<uuid:key>/", datasets.saved_view, name="saved-view"),
    path("datasets/views/<uuid:key>/delete/", datasets.delete_view, name="delete-view"),
    path("datasets/views/<uuid:key>.<str:fmt>", datasets.saved_view_file, name="saved-view-file"),
    path("datasets/<slug:name>/", datasets.dataset_page, name="dataset-page"),
    path("datasets/<slug:name>.<str:fmt>", datasets.dataset, name="dataset"),
    path("summaries/<slug:layout>.xlsx", summary.summary, name="summary"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/<uuid:pk>/", jobs.job, name="job"),
    path("jobs/<uuid:pk>/result", jobs.result, name="job-result"),
    path("jobs/<uuid:pk>/cancel/", jobs.cancel, name="job-cancel"),
    path("jobs/<uuid:pk>/again/", jobs.again, name="job-again"),
    path("jobs/<uuid:pk>/delete/", jobs.delete, name="job-delete"),
    path("imports/", importing.import_list, name="imports"),
    path("imports/jobs/<uuid:pk>/", importing.import_job, name="import-job"),
    path("imports/<slug:kind>/", importing.import_kind, name="import"),
    path("imports/<slug:kind>/template.<str:fmt>", importing.import_template, name="import-template"),
    path("imports/<slug:kind>/current.<str:fmt>", importing.import_current, name="import-current"),
]
